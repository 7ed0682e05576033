/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handed_over - rules of doctor about devices that VFIO has or cannot have, and their nodes */
#include "base/text.h"
#include "checks/direct_memory.h"
#include "checks/doctor_rules.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

#include <inttypes.h>
#include <stdlib.h>

/* A group that VFIO does not open, for memory that firmware wants mapped 1:1. */
struct forbidden {
	const struct group *group;
	const struct region *region;
};

/*
 * Equal for groups that one finding names: they have the same memory, and VFIO has a device of each
 * or of none.
 */
static int compare_regions(const struct forbidden *one, const struct forbidden *other)
{
	bool given = one->group->vfio_count, other_given = other->group->vfio_count;

	if (given != other_given)
		return given ? -1 : 1;
	if (one->region->start != other->region->start)
		return one->region->start < other->region->start ? -1 : 1;
	if (one->region->end != other->region->end)
		return one->region->end < other->region->end ? -1 : 1;
	return 0;
}

static int compare_forbidden(const void *a, const void *b)
{
	const struct forbidden *one = a, *other = b;
	int order = compare_regions(one, other);

	return order ? order
		     : (one->group->id > other->group->id) - (one->group->id < other->group->id);
}

/* Members of @group that are to be handed over: no bridges. */
static void collect_members(const struct examination *examination, const struct group *group,
			    struct concerned *concerned)
{
	for (size_t i = 0; i < group->device_count; i++)
		if (!device_is_pci_bridge(group->devices[i]) &&
		    concerns(examination, group->devices[i]))
			concerned_add(concerned, examination->arena, group->devices[i]->label);
}

static bool has_members(const struct examination *examination, const struct group *group)
{
	struct concerned members = {0};

	collect_members(examination, group, &members);
	return members.count;
}

/* "group 3", "groups 3, 7", "groups 3, 7, 8 and 40 others" */
static const char *name_groups(const struct forbidden *items, size_t count, struct arena *arena)
{
	enum { NAMED = 3 };
	const char *text =
		arena_printf(arena, "group%s %d", count == 1 ? "" : "s", items[0].group->id);

	for (size_t i = 1; i < count && i < NAMED; i++)
		text = arena_printf(arena, "%s, %d", text, items[i].group->id);
	if (count <= NAMED)
		return text;
	return arena_printf(arena, "%s and %zu other%s", text, count - NAMED,
			    count == NAMED + 1 ? "" : "s");
}

/* @items: groups with one cause */
static void add_forbidden(struct examination *examination, const struct forbidden *items,
			  size_t count)
{
	struct arena *arena = examination->arena;
	const struct region *region = items[0].region;
	const char *them = count == 1 ? "it" : "them";
	struct concerned concerned = {0};

	for (size_t i = 0; i < count; i++)
		collect_members(examination, items[i].group, &concerned);
	examination_add(
		examination,
		(struct finding){
			.code = CODE_MEMORY_FORBIDS,
			.severity = items[0].group->vfio_count ? SEVERITY_WARNING : SEVERITY_NOTE,
			.subject = name_groups(items, count, arena),
			.message = arena_printf(arena,
						"firmware wants 0x%" PRIx64 "-0x%" PRIx64
						" mapped 1:1 for %s, so VFIO does not open %s",
						region->start, region->end, them, them),
			.evidence =
				arena_printf(arena, "/sys/kernel/iommu_groups/%d/reserved_regions",
					     items[0].group->id),
			.remedy = direct_memory_remedy(examination->system, region, arena),
		},
		&concerned);
}

/* The groups that VFIO does not open; groups with one cause stand together. */
static struct forbidden *list_forbidden(const struct examination *examination, size_t *ret_count)
{
	const struct system *system = examination->system;
	struct forbidden *items =
		arena_array(examination->arena, system->group_count + 1, sizeof(*items));
	size_t count = 0;

	for (size_t i = 0; i < system->group_count; i++) {
		const struct group *group = system->groups[i];
		const struct region *region = direct_memory(group);

		if (region && direct_memory_refused(system, group) != ANSWER_NO &&
		    has_members(examination, group))
			items[count++] = (struct forbidden){group, region};
	}
	qsort(items, count, sizeof(*items), compare_forbidden);
	*ret_count = count;
	return items;
}

/* One entry of firmware may keep many groups from VFIO: it is told once. */
void doctor_direct_memory(struct examination *examination)
{
	size_t count;
	const struct forbidden *items = list_forbidden(examination, &count);

	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && compare_regions(&items[i], &items[next]) == 0;)
			next++;
		add_forbidden(examination, items + i, next - i);
	}
}

static void add_stale(struct examination *examination, const char *node)
{
	examination_add(
		examination,
		(struct finding){
			.code = CODE_NODE_STALE,
			.severity = SEVERITY_WARNING,
			.subject = node,
			.message = "the node leads to no group and no device: a program that opens "
				   "it gets an error",
			.evidence = node,
			.remedy = arena_concat(examination->arena, "rm ", node, ""),
		},
		NULL);
}

/* The kernel makes and removes the nodes; in a container, or made by hand, one may be left over. */
void doctor_stale_nodes(struct examination *examination)
{
	const struct machine *machine = &examination->system->machine;

	for (size_t i = 0; i < machine->stale_node_count; i++)
		add_stale(examination, machine->stale_nodes[i]);
}

/* A virtual function that a driver of the host has trusts the user of its physical function. */
static bool trusts_user(const struct device *function)
{
	return function->driver && !driver_is_placeholder(function);
}

static void add_functions(struct examination *examination, const struct device *physical,
			  bool trusted, const struct concerned *functions)
{
	examination_add(
		examination,
		(struct finding){
			.code = CODE_FUNCTIONS_OF_USER,
			.severity = trusted ? SEVERITY_WARNING : SEVERITY_NOTE,
			.subject = physical->label,
			.message = trusted ? "VFIO has it, and drivers of the host use its virtual "
					     "functions: their data is in the hands of its user"
					   : "VFIO has it, so the user of each of its virtual "
					     "functions must pass the VF token that its user set",
			.evidence =
				arena_concat(examination->arena, physical->path, "/virtfn0", ""),
			.remedy = trusted ? "Give the virtual functions to VFIO as well, or the "
					    "device back to its native driver."
					  : "-device vfio-pci,host=…,vf-token=UUID",
		},
		functions);
}

void doctor_virtual_functions(struct examination *examination)
{
	const struct machine *machine = &examination->system->machine;
	const struct function_pair *pairs = machine->function_pairs;

	for (size_t i = 0, next; i < machine->function_pair_count; i = next) {
		struct concerned functions = {0};
		bool trusted = false, concerned = concerns(examination, pairs[i].physical);

		for (next = i; next < machine->function_pair_count &&
			       pairs[next].physical == pairs[i].physical;
		     next++) {
			trusted |= trusts_user(pairs[next].function);
			concerned |= concerns(examination, pairs[next].function);
			concerned_add(&functions, examination->arena, pairs[next].function->label);
		}
		if (concerned)
			add_functions(examination, pairs[i].physical, trusted, &functions);
	}
}
