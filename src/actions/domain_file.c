/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/domain_file.h"

#include "base/guard.h"

const char *domain_type_file(struct arena *arena, const char *device)
{
	return arena_concat(arena, device, "/", "iommu_group/type");
}

const char *domain_type_read(const struct root *root, const char *device, struct arena *arena)
{
	struct guarded file = {.dir = arena_concat(arena, device, "/", "iommu_group"),
			       .name = "type"};
	struct error ignored;

	if (guard_read(root, arena, &file, 1, &ignored) < 0 || file.status)
		return NULL;
	return file.text;
}
