/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/firmware/reservations.h"

#include "firmware/dt_reserved.h"

#include <inttypes.h>

/* An end that would lie beyond the address space is its last byte. */
static uint64_t last_byte(uint64_t start, uint64_t length)
{
	uint64_t end;

	return __builtin_add_overflow(start, length - 1, &end) ? UINT64_MAX : end;
}

void reservations_devicetree(struct build *build, const struct tree *tree)
{
	const struct dt_reserved *found;
	size_t count = dt_reserved(tree, build_arena(build), &found);

	for (size_t i = 0; i < count; i++)
		build_reservation(build, (struct reservation){
						 .subject = found[i].device->path,
						 .source = arena_printf(build_arena(build),
									"%s/iommu-addresses",
									found[i].region->path),
						 .start = found[i].start,
						 .end = last_byte(found[i].start, found[i].length),
						 .direct = found[i].direct,
					 });
}

static void add_rmr(struct build *build, const struct iort_rmr *rmr,
		    const struct iort_streams *streams)
{
	enum { REMAP_PERMITTED = 1 };
	const char *subject = arena_printf(
		build_arena(build), "streams 0x%" PRIx32 "-0x%" PRIx32 " of the SMMU at 0x%" PRIx64,
		streams->first, streams->last, streams->smmu->smmu.base);

	for (size_t i = 0; i < rmr->range_count; i++)
		if (rmr->ranges[i].length)
			build_reservation(build, (struct reservation){
							 .subject = subject,
							 .source = "RMR of the IORT",
							 .start = rmr->ranges[i].base,
							 .end = last_byte(rmr->ranges[i].base,
									  rmr->ranges[i].length),
							 .direct = true,
							 .relaxable = rmr->flags & REMAP_PERMITTED,
						 });
}

void reservations_iort(struct build *build, const struct iort *iort)
{
	for (size_t i = 0; i < iort->node_count; i++) {
		const struct iort_node *node = &iort->nodes[i];

		for (size_t j = 0; node->type == IORT_RMR && j < node->rmr.stream_count; j++)
			add_rmr(build, &node->rmr, &node->rmr.streams[j]);
	}
}

void reservations_dmar(struct build *build, const struct dmar *dmar)
{
	struct arena *arena = build_arena(build);

	for (size_t i = 0; i < dmar->memory_count; i++) {
		const struct dmar_memory *memory = &dmar->memory[i];

		for (size_t j = 0; j < memory->scopes.count; j++) {
			const struct dmar_scope *scope = &memory->scopes.list[j];
			const char *subject =
				arena_printf(arena, "%04x:%02x", memory->segment, scope->bus);

			for (size_t k = 0; k < scope->depth; k++)
				subject = arena_printf(arena, "%s%c%02x.%x", subject, k ? '/' : ':',
						       scope->path[k].device,
						       scope->path[k].function);
			build_reservation(build, (struct reservation){.subject = subject,
								      .source = "RMRR of the DMAR",
								      .start = memory->base,
								      .end = memory->limit,
								      .direct = true});
		}
	}
}

void reservations_ivrs(struct build *build, const struct ivrs *ivrs)
{
	for (size_t i = 0; i < ivrs->memory_count; i++) {
		const struct ivrs_memory *memory = &ivrs->memory[i];

		/* Linux passes over the others, and maps exclusion ranges 1:1 too. */
		if (!(memory->flags & (IVRS_MEMORY_UNITY | IVRS_MEMORY_EXCLUSION)) ||
		    !memory->length)
			continue;
		build_reservation(
			build,
			(struct reservation){
				.subject = arena_printf(
					build_arena(build), "devices 0x%x-0x%x of PCI segment %u",
					memory->first, memory->last, memory->segment),
				.source = "IVMD of the IVRS",
				.start = memory->start,
				.end = last_byte(memory->start, memory->length),
				.direct = true,
			});
	}
}
