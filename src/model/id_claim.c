/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/id_claim.h"

#include "model/system.h"

const char *claim_file_name(const struct device *device, struct arena *arena)
{
	return arena_concat(arena, device->bus, "-", device->name);
}
