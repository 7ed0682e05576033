/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/handover.h"

#include "model/pci.h"
#include "model/vfio_driver.h"

#include <stdlib.h>
#include <string.h>

bool move_changes(const struct move *move)
{
	const char *now = move->device->driver;

	if (!move->device->driver_known)
		return true;
	if (!now || !move->driver)
		return now != move->driver;
	return strcmp(now, move->driver) != 0;
}

bool move_changes_override(const struct move *move)
{
	const char *now = move->device->driver_override;

	if (!now || !move->override)
		return now != move->override;
	return strcmp(now, move->override) != 0;
}

bool move_takes_away(const struct move *move)
{
	return (move_changes(move) || move->released) &&
	       (move->device->driver || !move->device->driver_known);
}

bool move_is_to_vfio(const struct move *move)
{
	return move->driver && driver_name_is_vfio(move->driver);
}

bool move_is_settled(const struct move *move)
{
	return !move->restored && move_is_to_vfio(move) && !move_changes(move);
}

/* By group; a device without one has a change of its own. */
static int compare_domains(const void *left, const void *right)
{
	const struct domain_change *one = left, *other = right;
	int group = one->group ? one->group->id : -1;
	int other_group = other->group ? other->group->id : -1;

	if (group != other_group || group >= 0)
		return (group > other_group) - (group < other_group);
	return (one->device->index > other->device->index) -
	       (one->device->index < other->device->index);
}

void domain_changes_sort(struct domain_change *domains, size_t count)
{
	if (count)
		qsort(domains, count, sizeof(*domains), compare_domains);
}

static const struct domain_change *find_domain(const struct handover *handover,
					       const struct domain_change *like)
{
	/* Without changes there is no array. */
	if (!handover->domain_count)
		return NULL;
	return bsearch(like, handover->domains, handover->domain_count, sizeof(*like),
		       compare_domains);
}

const struct domain_change *handover_domain(const struct handover *handover,
					    const struct group *group)
{
	const struct domain_change like = {.group = group};

	return group ? find_domain(handover, &like) : NULL;
}

const struct domain_change *handover_domain_of(const struct handover *handover,
					       const struct move *move)
{
	const struct domain_change like = {.device = move->device, .group = move->device->group};
	const struct domain_change *domain = find_domain(handover, &like);

	return domain && domain->device == move->device ? domain : NULL;
}

static int compare_to_move(const void *device, const void *move)
{
	uint32_t one = ((const struct device *)device)->index;
	uint32_t other = ((const struct move *)move)->device->index;

	return (one > other) - (one < other);
}

const struct move *handover_move(const struct handover *handover, const struct device *device)
{
	/* Without moves there is no array. */
	if (!handover->move_count)
		return NULL;
	if (handover->in_order)
		return bsearch(device, handover->moves, handover->move_count,
			       sizeof(*handover->moves), compare_to_move);
	for (size_t i = 0; i < handover->move_count; i++)
		if (handover->moves[i].device == device)
			return &handover->moves[i];
	return NULL;
}

/*
 * False for a function of a device that the driver of its parent made: its bus has no IOMMUs, or it
 * does no DMA itself.
 */
bool device_is_independent(const struct device *device)
{
	return device_is_pci(device) || device->group || device->stream_count;
}

bool moves_to_same_driver(const struct move *one, const struct move *other)
{
	return one->driver && other->driver && strcmp(one->driver, other->driver) == 0 &&
	       strcmp(one->device->bus, other->device->bus) == 0;
}

bool handover_first(const struct handover *handover, const struct move *move, moves_alike *alike)
{
	for (const struct move *earlier = handover->moves; earlier < move; earlier++)
		if ((move_changes(earlier) || earlier->released) &&
		    (!alike || alike(earlier, move)))
			return false;
	return true;
}
