/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/domain.h"

#include "actions/choose.h"
#include "actions/rebind.h"
#include "checks/viability.h"
#include "model/domain_type.h"
#include "model/kernel_release.h"

#include <string.h>

/* The changes while they are collected: at most one for each device. @changes: by the index of the
 * first member of a group, whether its type changes */
struct changes_made {
	struct domain_change *items;
	size_t count;
	bool *changes;
};

static struct changes_made start_changes(const struct system *system, struct arena *arena)
{
	size_t most = system->device_count + 1;

	return (struct changes_made){
		.items = arena_array(arena, most, sizeof(struct domain_change)),
		.changes = arena_array(arena, most, sizeof(bool)),
	};
}

static bool has_change_of(const struct changes_made *made, const struct group *group)
{
	return group && made->changes[group->devices[0]->index];
}

static void note_domain_change(struct changes_made *made, const struct domain_change *domain)
{
	made->items[made->count++] = *domain;
	if (domain->group)
		made->changes[domain->group->devices[0]->index] = true;
}

/*
 * True where the kernel changes the type only while the member has no driver. Before 6.4 any driver
 * stands in the way (iommu_group_store_type: device_is_bound), from then on those that do DMA for
 * the host. A driver that is unknown is treated like that; the checks refuse it.
 */
static bool must_be_released(const struct system *system, const struct domain_change *domain,
			     const struct device *member)
{
	if (!domain->group->type || domain_type_needs_no_unbind(domain->group->type, domain->type))
		return false;
	if (!member->driver_known)
		return true;
	if (kernel_has(system->machine.kernel, KERNEL_DOMAIN_OF_SEVERAL) == ANSWER_NO)
		return member->driver;
	return device_blocks(RULE_OWNERSHIP, member);
}

/* The move of a member, which keeps its driver and its override; a restored one has its own. */
static bool describe_member(const struct handover *handover, const struct device *device,
			    const bool *named, struct move *ret_move)
{
	const struct move *move = handover_move(handover, device);
	const struct domain_change *domain = handover_domain(handover, device->group);
	bool released = domain && must_be_released(handover->system, domain, device);

	*ret_move = move ? *move
			 : (struct move){.device = device,
					 .driver = device->driver,
					 .override = device->driver_override,
					 .taken_along = !named[device->index]};
	ret_move->released = released;
	return move || released || handover_domain_of(handover, ret_move);
}

/* @handover with the changes, and with moves of all members that have to be released. */
static struct handover add_released(struct handover handover, struct changes_made *made,
				    const bool *named, struct arena *arena)
{
	const struct system *system = handover.system;
	struct move *moves = arena_array(arena, system->device_count + 1, sizeof(*moves));
	size_t count = 0;

	domain_changes_sort(made->items, made->count);
	handover.domains = made->items;
	handover.domain_count = made->count;
	for (size_t i = 0; i < system->device_count; i++)
		count += describe_member(&handover, system->devices[i], named, &moves[count]);
	handover.moves = moves;
	handover.move_count = count;
	return handover;
}

/* The member that the change is about: a named one, and if possible one that is no bridge. */
static const struct device *named_member(const struct group *group, const bool *named)
{
	const struct device *found = NULL;

	for (size_t i = 0; group && i < group->device_count; i++) {
		const struct device *member = group->devices[i];

		if (named[member->index] &&
		    (!found || (!device_is_movable(found) && device_is_movable(member))))
			found = member;
	}
	return found;
}

struct handover domain_moves(const struct request *request, const struct system *system,
			     const bool *named, struct arena *arena)
{
	struct changes_made made = start_changes(system, arena);
	const struct handover none = {.system = system,
				      .verb = request->verb,
				      .dry_run = request->dry_run,
				      .in_order = true};

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];
		const struct group *group = device->group;

		if (named[i] && !has_change_of(&made, group) &&
		    (!group || !domain_type_is_set(group->type, request->domain_type)))
			note_domain_change(
				&made,
				&(struct domain_change){.device = group ? named_member(group, named)
									: device,
							.group = group,
							.type = request->domain_type});
	}
	return add_released(none, &made, named, arena);
}

struct handover domain_restore(struct handover handover, const struct memory *memory,
			       const bool *named, struct arena *arena)
{
	const struct system *system = handover.system;
	struct changes_made made = start_changes(system, arena);

	for (const struct remembered *known = memory->first; known; known = known->next) {
		const struct device *there = system_device(system, known->path);
		const struct device *member;

		if (!known->domain_type || !there || !remembered_is(known, there))
			continue;
		member = named_member(there->group, named);
		if (!member || has_change_of(&made, there->group) ||
		    domain_type_is_set(there->group->type, known->domain_type))
			continue;
		note_domain_change(&made,
				   &(struct domain_change){.device = member,
							   .group = there->group,
							   .type = known->domain_type,
							   .restored = true,
							   .left_type = known->left_domain_type});
	}
	return made.count ? add_released(handover, &made, named, arena) : handover;
}
