/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/handover.h"

#include "checks/viability.h"

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

bool move_takes_away(const struct move *move)
{
	return move_changes(move) && (move->device->driver || !move->device->driver_known);
}

bool move_is_to_vfio(const struct move *move)
{
	return move->driver && driver_name_is_vfio(move->driver);
}

const struct move *handover_move(const struct handover *handover, const struct device *device)
{
	for (size_t i = 0; i < handover->move_count; i++)
		if (handover->moves[i].device == device)
			return &handover->moves[i];
	return NULL;
}
