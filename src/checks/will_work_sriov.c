/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include "model/pci.h"
#include "model/vfio_driver.h"

#include <stdio.h>

/* The virtual functions: their number, and a few names if they were read. */
struct functions {
	size_t count;
	char names[160];
	const char *blind; /* why there may be more virtual functions, or NULL */
};

static void find_by_uses(const struct uses *uses, struct functions *functions)
{
	size_t used = 0, count = 0;

	for (size_t i = 0; i < uses->blind_count; i++)
		if (uses->blind[i].kind == USE_VIRTUAL_FUNCTION)
			functions->blind = uses->blind[i].why;
	for (size_t i = 0; i < uses->count; i++) {
		const struct use *use = &uses->items[i];

		if (use->kind != USE_VIRTUAL_FUNCTION)
			continue;
		if (count++ < 3 && use->user)
			used += (size_t)snprintf(functions->names + used,
						 sizeof(functions->names) - used, "%s%.40s",
						 used ? ", " : ": ", use->user);
	}
	if (count > functions->count)
		functions->count = count;
}

static struct functions find_functions(const struct device *device, struct arena *arena)
{
	struct functions functions = {0};

	if (device->traits)
		functions.count = device->traits->virtual_functions;
	else if (!device->uses)
		functions.blind = "they were not read";
	if (device->traits && device->traits->functions_unknown)
		functions.blind = arena_printf(arena, "%s/virtfn0", device->path);
	if (device->uses)
		find_by_uses(device->uses, &functions);
	return functions;
}

static const char *functions_in_words(const struct checking *checking,
				      const struct functions *functions)
{
	return arena_printf(checking->arena, "%zu virtual function%s%s", functions->count,
			    functions->count == 1 ? "" : "s", functions->names);
}

/*
 * The native driver of a PF leaves its VFs in place; vfio-pci destroys them when it is unbound, and
 * refuses to bind while there are some (drivers/vfio/pci/vfio_pci_core.c:
 * vfio_pci_core_unregister_device, vfio_pci_core_register_device).
 */
static void say_functions(struct checking *checking, struct check check,
			  const struct functions *functions)
{
	const char *words = functions_in_words(checking, functions);

	check.finding.evidence =
		arena_printf(checking->arena, "%s/sriov_numvfs", check.device->path);
	check.finding.remedy =
		arena_printf(checking->arena, "iommuctl vfs %s 0", check.device->label);
	if (driver_is_vfio(check.device)) {
		check_say(checking, check, "it has %s, which would be destroyed, with their groups",
			  words);
	} else if (move_is_to_vfio(checking->move)) {
		check.final = true;
		check_say(checking, check, "it has %s, and VFIO accepts no device that has any",
			  words);
	} else {
		check_say(checking, check, "it has %s, which would be left without it", words);
	}
}

void check_virtual_functions(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);
	struct functions functions;

	/* Removal destroys the virtual functions: check_removable. */
	if (checking->handover->removes ||
	    (!move_takes_away(checking->move) && !move_is_to_vfio(checking->move)))
		return;
	if (!device_is_pci(device) || (device->traits && device->traits->physical_function))
		return;
	functions = find_functions(device, checking->arena);
	if (functions.count) {
		say_functions(checking, check, &functions);
	} else if (functions.blind) {
		check.finding.evidence = functions.blind;
		check_unseen(checking, check, "it is unknown whether it has virtual functions");
	} else {
		check_pass(checking, check, "it has no virtual functions");
	}
}

/* The VF token: drivers/vfio/pci/vfio_pci_core.c: vfio_pci_validate_vf_token */
void check_vf_token(struct checking *checking)
{
	const struct device *device = checking->move->device, *parent;
	struct check check = check_start(checking);

	if (!device->traits || !device->traits->physical_function)
		return;
	parent = system_device(checking->handover->system, device->traits->physical_function);
	check.finding.evidence = arena_printf(checking->arena, "%s/physfn", device->path);
	if (!parent || !parent->driver_known) {
		check_unseen(checking, check,
			     "it is unknown whether its physical function is served by VFIO, which "
			     "would ask its user for a token");
	} else if (driver_is_vfio(parent)) {
		check.finding.remedy = arena_printf(
			checking->arena,
			"Both users pass one token of your own (uuidgen): -device "
			"vfio-pci,host=%s,vf-token=UUID and -device vfio-pci,host=%s,vf-token=UUID",
			parent->name, device->name);
		check_say(checking, check,
			  "its physical function %s is on %s: the user of this VF must pass the VF "
			  "token set for the PF",
			  parent->label, parent->driver ? parent->driver : "VFIO");
	} else {
		check_pass(checking, check, "its physical function %s is not served by VFIO",
			   parent->label);
	}
}
