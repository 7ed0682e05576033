/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handed_over - rules of doctor about devices that VFIO has or cannot have, and their nodes */
#include "base/text.h"
#include "checks/direct_memory.h"
#include "checks/doctor_rules.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

#include <inttypes.h>

/* Members of @group that are to be handed over: no bridges. */
static void collect_members(const struct examination *examination, const struct group *group,
			    struct concerned *concerned)
{
	for (size_t i = 0; i < group->device_count; i++)
		if (!device_is_pci_bridge(group->devices[i]) &&
		    concerns(examination, group->devices[i]))
			concerned_add(concerned, examination->arena, group->devices[i]->label);
}

static void add_direct(struct examination *examination, const struct group *group,
		       const struct region *region, const struct concerned *concerned)
{
	struct arena *arena = examination->arena;

	examination_add(
		examination,
		(struct finding){
			.code = CODE_MEMORY_FORBIDS,
			.severity = group->vfio_count ? SEVERITY_WARNING : SEVERITY_NOTE,
			.subject = arena_printf(arena, "group %d", group->id),
			.message = arena_printf(arena,
						"firmware wants 0x%" PRIx64 "-0x%" PRIx64
						" mapped 1:1 for it, so VFIO does not open it",
						region->start, region->end),
			.evidence = arena_printf(
				arena, "/sys/kernel/iommu_groups/%d/reserved_regions", group->id),
			.remedy = direct_memory_remedy(examination->system, region, arena),
		},
		concerned);
}

void doctor_direct_memory(struct examination *examination)
{
	for (size_t i = 0; i < examination->system->group_count; i++) {
		const struct group *group = examination->system->groups[i];
		const struct region *region = direct_memory(group);
		struct concerned concerned = {0};

		if (!region || direct_memory_refused(examination->system, group) == ANSWER_NO)
			continue;
		collect_members(examination, group, &concerned);
		if (concerned.count)
			add_direct(examination, group, region, &concerned);
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
