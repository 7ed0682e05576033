/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include "base/text.h"
#include "model/kernel_release.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

#include <string.h>

static const char *file_of(const struct checking *checking, const char *file)
{
	return arena_concat(checking->arena, checking->move->device->path, "/", file);
}

/* A driver that finds no device behind all ones fails, or believes what it reads. */
void check_no_answer(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);

	if (!device_is_pci(device))
		return;
	check.finding.evidence = file_of(checking, "config");
	if (device->traits && device->traits->answers == ANSWER_NO) {
		check.level = checking->move->driver ? CHECK_REFUSE : CHECK_WARNING;
		check.finding.remedy = arena_printf(
			checking->arena,
			"Switch the power of its slot, or of the machine, off and on again; before "
			"that, \"iommuctl rescan %s\" may bring it back.",
			device->name);
		check_say(checking, check,
			  "it does not answer: its config space reads as all ones");
	} else if (device->traits && device->traits->answers == ANSWER_YES) {
		check_pass(checking, check, "it answers");
	} else {
		check.level = CHECK_WARNING;
		check_unseen(checking, check, "it is unknown whether it answers");
	}
}

void check_bridge(struct checking *checking)
{
	enum { HEADER_ENDPOINT = 0 };
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);
	int header = device->traits ? device->traits->header_type : -1;

	if (!device_is_pci(device))
		return;
	check.finding.evidence = file_of(checking, header >= 0 ? "config" : "class");
	if (header > HEADER_ENDPOINT || device_is_pci_bridge(device)) {
		check.finding.remedy =
			"Leave it to its driver: a bridge on pcieport does not stand in the "
			"way of its group.";
		check_say(checking, check, "it is a bridge, and VFIO takes no bridges");
	} else if (header < 0 && device->class < 0) {
		check_unseen(checking, check, "it is unknown whether it is a bridge");
	} else {
		check_pass(checking, check, "it is no bridge");
	}
}

/* The denylist of vfio-pci (drivers/vfio/pci/vfio_pci.c: vfio_pci_dev_in_denylist). */
static bool is_denied(const struct device *device)
{
	static const uint16_t intel[] = {
		0x19e2, 0x19e3, /* device IDs of QAT C3XXX and its VF */
		0x37c8, 0x37c9, /* device IDs of QAT C62X and its VF */
		0x0435, 0x0443, /* device IDs of QAT DH895XCC and its VF */
		0x0b25, 0x0cfe, /* device IDs of DSA and IAX of Sapphire Rapids */
	};

	for (size_t i = 0; device->vendor_id == 0x8086 && i < ARRAY_SIZE(intel); i++)
		if (device->device_id == intel[i])
			return true;
	return false;
}

/*
 * How to give the driver's module a parameter that cannot be written once it is loaded (0444),
 * after the words of @condition. NULL where the driver was not read. A VFIO driver is called as its
 * module is.
 */
static const char *parameter_remedy(const struct checking *checking, const char *condition,
				    const char *setting)
{
	const struct move *move = checking->move;
	const struct driver *driver =
		system_driver(checking->handover->system, move->device->bus, move->driver);
	struct arena *arena = checking->arena;
	const char *module = move->driver;

	if (!driver)
		return NULL;
	if (!driver->registered)
		return arena_printf(arena, "%s: modprobe %s %s", condition, module, setting);
	if (driver->module)
		return arena_printf(
			arena,
			"%s: write \"options %s %s\" to a file in /etc/modprobe.d, then "
			"load the module again (modprobe -r %s, which takes it from all "
			"its devices; modprobe %s).",
			condition, module, setting, module, module);
	return arena_printf(arena, "%s: boot with %s.%s.", condition, module, setting);
}

static void say_denied(struct checking *checking, struct check check, enum answer switched_off)
{
	check.finding.evidence = "/sys/module/vfio_pci/parameters/disable_denylist";
	if (switched_off == ANSWER_YES) {
		check.level = CHECK_WARNING;
		check_say(
			checking, check,
			"vfio-pci accepts it only because its denylist is switched off: the device "
			"can break out of its isolation");
		return;
	}
	check.finding.remedy =
		parameter_remedy(checking, "If the user of the device is trusted with this machine",
				 "disable_denylist=1");
	if (switched_off == ANSWER_NO)
		check_say(checking, check,
			  "vfio-pci refuses devices of its kind, which can break out of their "
			  "isolation");
	else
		check_unseen(
			checking, check,
			"it is unknown whether the denylist of vfio-pci, which names this kind "
			"of device, is switched off");
}

void check_denylist(struct checking *checking)
{
	const struct vfio_host *host = checking->handover->system->machine.vfio;
	const char *kernel = checking->handover->system->machine.kernel;
	const struct device *device = checking->move->device;
	const struct vfio_driver *driver = vfio_driver_find(checking->move->driver);
	struct check check = check_start(checking);

	/* Variant drivers of vfio-pci accept the devices on its denylist. */
	if (!device_is_pci(device) || !driver || !driver->has_denylist)
		return;
	if (device->vendor_id < 0 || device->device_id < 0) {
		check.finding.evidence = file_of(checking, "vendor");
		check_unseen(checking, check, "its kind of device could not be read");
	} else if (is_denied(device) && kernel_has(kernel, KERNEL_VFIO_DENYLIST) == ANSWER_NO) {
		check.level = CHECK_WARNING;
		check_say(checking, check,
			  "devices of its kind can break out of their isolation; newer kernels "
			  "refuse them");
	} else if (is_denied(device)) {
		say_denied(checking, check, host ? host->denylist_off : ANSWER_UNKNOWN);
	} else {
		check_pass(checking, check, "it is not on the denylist of vfio-pci");
	}
}

/* True for a VFIO driver for one kind of device, such as mlx5_vfio_pci. */
static bool is_variant(const struct device *device)
{
	const struct vfio_driver *driver = vfio_driver_find(device->driver);

	return driver ? device_is_pci(device) && !driver->has_denylist && !driver->mediates
		      : driver_is_vfio(device);
}

void check_variant_driver(struct checking *checking)
{
	const struct move *move = checking->move;
	const struct vfio_driver *to = vfio_driver_find(move->driver);
	struct check check = check_start(checking);

	if (!move->device->driver || !to || !to->has_denylist || !is_variant(move->device))
		return;
	check.finding.evidence = file_of(checking, "driver");
	check.finding.remedy = "Leave it there: VFIO serves it by that driver as well.";
	check_say(checking, check,
		  "%s, a VFIO driver made for its kind, has it already; on %s it can no longer do "
		  "what that driver adds, such as live migration",
		  move->device->driver, move->driver);
}

/*
 * True where @other is on the bus of @device or below it, and no host bridge: in the parent of its
 * folder.
 */
static bool shares_bus(const struct device *device, const struct device *other)
{
	size_t length = (size_t)(text_basename(device->path) - device->path);

	return other != device && device_is_pci(other) &&
	       strncmp(other->path, device->path, length) == 0;
}

static const char *others_on_bus(const struct checking *checking)
{
	enum { NAMED_MAX = 3 };
	const struct system *system = checking->handover->system;
	const char *names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *other = system->devices[i];
		const struct move *move;

		if (!shares_bus(checking->move->device, other))
			continue;
		move = handover_move(checking->handover, other);
		if (move && move_is_to_vfio(move))
			continue;
		if (count++ < NAMED_MAX)
			names = arena_printf(checking->arena, "%s%s%s", names ? names : "",
					     names ? ", " : "", other->label);
	}
	if (count > NAMED_MAX)
		names = arena_printf(checking->arena, "%s and %zu more", names, count - NAMED_MAX);
	return names;
}

/*
 * A reset module for a platform device: drivers/vfio/platform/vfio_platform_common.c:
 * vfio_platform_get_reset
 */
static void say_platform_reset(struct checking *checking)
{
	const struct device *device = checking->move->device;
	const char *compatible = device->traits ? device->traits->compatible : NULL;
	struct check check = check_start(checking);

	check.finding.evidence = "/sys/module/vfio_platform/parameters/reset_required";
	/* drivers/vfio/platform/vfio_platform.c; vfio_amba.c needs no reset */
	check.finding.remedy =
		parameter_remedy(checking, "Where it need not be reset", "reset_required=0");
	check_unseen(checking, check,
		     "it is unknown whether there is a module vfio-reset:%.100s to reset it with, "
		     "without which VFIO does not take it",
		     compatible ? compatible : "…");
}

void check_reset(struct checking *checking)
{
	const struct device *device = checking->move->device;
	const char *methods = device->traits ? device->traits->reset_methods : NULL, *others;
	enum answer can_reset = device->traits ? device->traits->can_reset : ANSWER_UNKNOWN;
	struct check check = check_start(checking);

	if (strcmp(device->bus, "platform") == 0) {
		say_platform_reset(checking);
		return;
	}
	if (!device_is_pci(device))
		return;
	check.finding.evidence = file_of(checking, methods ? "reset_method" : "reset");
	if (can_reset == ANSWER_UNKNOWN) {
		check_unseen(checking, check, "its reset methods could not be read");
	} else if (can_reset == ANSWER_NO) {
		check_say(checking, check,
			  "it cannot be reset: data that one user leaves in it is visible to the "
			  "next");
	} else if (!methods) {
		check_pass(checking, check,
			   "it can be reset; this kernel does not show the method");
	} else if (!pci_resets_alone(methods) && (others = others_on_bus(checking))) {
		check_say(checking, check,
			  "only its whole bus can be reset, and %s would be reset with it", others);
	} else {
		check_pass(checking, check, "it can be reset (%.100s)", methods);
	}
}

void check_power(struct checking *checking)
{
	const struct device *device = checking->move->device;
	const char *state = device->traits ? device->traits->power_state : NULL;
	struct check check = check_start(checking);

	if (!device_is_pci(device))
		return;
	check.finding.evidence = file_of(checking, "power_state");
	if (!state) {
		check_unseen(checking, check, "it is unknown whether it has power");
	} else if (strcmp(state, "D3cold") == 0) {
		check.finding.remedy = arena_printf(
			checking->arena, "echo 0 > %s/d3cold_allowed; echo on > %s/power/control",
			device->path, device->path);
		check_say(checking, check,
			  "it has no power (D3cold); some devices do not come back from there");
	} else {
		check_pass(checking, check, "it has power (%.20s)", state);
	}
}
