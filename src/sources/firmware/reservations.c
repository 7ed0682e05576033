/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/firmware/reservations.h"

#include "firmware/dt_reserved.h"

uint64_t reservation_end(uint64_t start, uint64_t length)
{
	uint64_t end;

	return __builtin_add_overflow(start, length - 1, &end) ? UINT64_MAX : end;
}

void reservations_devicetree(struct build *build, const struct tree *tree)
{
	const struct dt_reserved *found;
	size_t count = dt_reserved(tree, build_arena(build), &found);

	for (size_t i = 0; i < count; i++)
		build_reservation(
			build,
			(struct reservation){
				.subject = found[i].device->path,
				.source = arena_printf(build_arena(build), "%s/iommu-addresses",
						       found[i].region->path),
				.start = found[i].start,
				.end = reservation_end(found[i].start, found[i].length),
				.direct = found[i].direct,
			});
}
