/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/choose.h"

#include "base/text.h"
#include "model/pci.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool device_is_movable(const struct device *device)
{
	return device_class(device) != PCI_CLASS_BRIDGE_HOST && !device_is_pci_bridge(device);
}

unsigned choose_facts(const struct request *request)
{
	unsigned facts = FACT_IDS | FACT_INTERFACES;

	for (char *const *selector = request->selectors; *selector; selector++)
		facts |= select_facts(*selector);
	return facts;
}

static size_t count_chosen(const struct selection *selection)
{
	size_t count = 0;

	for (size_t i = 0; i < selection->system->device_count; i++)
		count += selection->chosen[i];
	return count;
}

static int refuse_several(const struct selection *selection, const char *selector, struct error *e)
{
	enum { MOST = 8 };
	char names[512] = "";
	size_t used = 0, count = 0;

	for (size_t i = 0; i < selection->system->device_count; i++) {
		if (!selection->chosen[i] || count++ >= MOST)
			continue;
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%.50s",
					 used ? ", " : "", selection->system->devices[i]->label);
	}
	error_set(e, ERROR_USAGE, 0, "%s means %zu devices: %s%s", selector, count, names,
		  count > MOST ? ", …" : "");
	error_remedy(e, "Name one of them");
	return -EINVAL;
}

/* Select a device by an interface's name, "eth0", that it had before it was moved to vfio-pci. */
static int choose_remembered(struct selection *selection, const struct memory *memory,
			     const char *selector, struct error *e)
{
	const char *node = text_after(selector, "/dev/");
	const struct remembered *known =
		memory_find_interface(memory, node ? text_basename(node) : selector);
	struct error ignored;

	if (!known)
		return e->cause ? e->cause : -EINVAL;
	if (select_devices(selection, known->path, &ignored) < 0)
		return error_set(e, ERROR_NO_MATCH, 0, "%s was %s, which is gone", selector,
				 known->label);
	*e = (struct error){0};
	return 0;
}

/*
 * "eth0" may have become the name of another device: then it means both, and the command refuses
 * it.
 */
static void add_remembered(struct selection *selection, const struct memory *memory,
			   const char *selector)
{
	struct error ignored = {0};

	choose_remembered(selection, memory, selector, &ignored);
}

/* Bridges of a group stay in place, as its other members are below them. */
static void drop_immovable(struct selection *selection)
{
	for (size_t i = 0; i < selection->system->device_count; i++)
		if (!device_is_movable(selection->system->devices[i]))
			selection->chosen[i] = false;
}

static int choose_one(const struct request *request, struct selection *selection,
		      const struct memory *memory, const char *selector, struct error *e)
{
	enum selector_reach reach = select_reach(selector);
	int result = select_devices(selection, selector, e);

	if (result < 0 && e->code == ERROR_NO_MATCH && reach == REACH_ANY &&
	    request->all_matching) {
		*e = (struct error){0};
		return 0;
	}
	if (result < 0 && e->code == ERROR_NO_MATCH)
		result = choose_remembered(selection, memory, selector, e);
	else if (result == 0)
		add_remembered(selection, memory, selector);
	if (result < 0)
		return result;
	if (reach == REACH_ANY && !request->all_matching) {
		error_set(e, ERROR_USAGE, 0, "%s can match any number of devices", selector);
		error_remedy(e, "Add --all-matching, or name the device");
		return -EINVAL;
	}
	if (reach == REACH_GROUP && !request_changes_domains(request))
		drop_immovable(selection);
	else if ((reach == REACH_DEVICE || (reach == REACH_SLOT && !request->all_matching)) &&
		 count_chosen(selection) > 1)
		return refuse_several(selection, selector, e);
	return 0;
}

static int choose_all_remembered(struct selection *selection, const struct memory *memory)
{
	struct error ignored;

	/* A device that is gone is not chosen: it is forgotten. */
	for (const struct remembered *known = memory->first; known; known = known->next)
		error_ignore(select_devices(selection, known->path, &ignored));
	return 0;
}

int choose_devices(const struct request *request, const struct system *system,
		   const struct memory *memory, struct arena *arena, bool **ret_named,
		   struct error *e)
{
	struct selection one = {system, arena_array(arena, system->device_count + 1, sizeof(bool))};
	bool *named = arena_array(arena, system->device_count + 1, sizeof(bool));
	int result = 0;

	if (request->all)
		result = choose_all_remembered(&one, memory);
	for (size_t i = 0; i < system->device_count; i++)
		named[i] = one.chosen[i];
	for (char *const *selector = request->selectors; *selector && result == 0; selector++) {
		memset(one.chosen, 0, system->device_count);
		result = choose_one(request, &one, memory, *selector, e);
		for (size_t i = 0; i < system->device_count; i++)
			named[i] |= one.chosen[i];
	}
	*ret_named = named;
	return result;
}
