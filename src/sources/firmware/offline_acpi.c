/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables of another machine: their IOMMUs, and every range of IDs that they describe. */
#include "firmware/dmar.h"
#include "firmware/iort.h"
#include "firmware/ivrs.h"
#include "firmware/viot.h"
#include "sources/firmware/offline.h"
#include "sources/firmware/reservations.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TABLE_MAX = 4 << 20 };

static struct stream *add_range(struct build *build, enum stream_source source,
				const struct iommu *iommu, const char *device, uint32_t input,
				uint64_t count, uint32_t output)
{
	struct stream *stream = build_stream(build, NULL);

	stream->device_name = device;
	stream_iommu(stream, iommu, NULL);
	stream->kind = source == STREAM_FROM_IORT || source == STREAM_FROM_VIOT
			       ? STREAM_ID
			       : STREAM_REQUESTER_ID;
	stream->source = source;
	stream->id = output;
	stream->count = (int64_t)count;
	stream->has_map = true;
	stream->map.rid_base = input;
	stream->map.stream_base = output;
	stream->map.length = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
	stream->map.mask = UINT32_MAX;
	return stream;
}

static struct iommu *add_iommu(struct build *build, const char *name, enum iommu_kind kind)
{
	struct iommu *iommu = build_iommu(build, name);

	iommu->kind = kind;
	iommu->state = IOMMU_UNKNOWN;
	return iommu;
}

static struct iommu *smmu_of(struct build *build, const struct iort_node *node)
{
	bool v3 = node->smmu.kind == IORT_SMMU_KIND_V3;
	const char *name = smmu_name(build, &node->smmu);
	struct iommu *iommu = build_find_iommu(build, name);

	return iommu ? iommu : add_iommu(build, name, v3 ? IOMMU_KIND_SMMU_V3 : IOMMU_KIND_SMMU);
}

static int take_iort(struct build *build, const char *bytes, size_t length, struct error *e)
{
	struct arena *arena = build_arena(build);
	const struct iort_entry *entries;
	struct iort iort;
	size_t count;
	int result = iort_parse(bytes, length, arena, &iort, e);

	if (result < 0)
		return result;
	for (size_t i = 0; i < iort.node_count; i++)
		if (iort_is_smmu(&iort.nodes[i]))
			smmu_of(build, &iort.nodes[i]);
	reservations_iort(build, &iort);
	count = iort_entries(&iort, arena, &entries);
	for (size_t i = 0; i < count; i++) {
		const struct iort_node *from = entries[i].from;
		const char *device =
			from->type == IORT_NAMED_COMPONENT ? from->path
			: from->type == IORT_ROOT_COMPLEX
				? arena_printf(arena, "PCI segment %" PRIu32, from->root.segment)
				: arena_printf(arena, "IORT node at 0x%" PRIx32, from->offset);

		add_range(build, STREAM_FROM_IORT, smmu_of(build, entries[i].stream.smmu), device,
			  entries[i].base, entries[i].count, entries[i].stream.id);
	}
	return 0;
}

static struct iommu *viot_iommu_of(struct build *build, const struct viot_iommu *found)
{
	const char *name = found->pci ? function_name(build, found->segment, found->bdf)
				      : arena_printf(build_arena(build), "%" PRIx64, found->base);
	struct iommu *iommu = build_find_iommu(build, name);

	return iommu ? iommu : add_iommu(build, name, IOMMU_KIND_VIRTIO);
}

static int take_viot(struct build *build, const char *bytes, size_t length, struct error *e)
{
	struct arena *arena = build_arena(build);
	struct viot viot;
	int result = viot_parse(bytes, length, arena, &viot, e);

	if (result < 0)
		return result;
	for (size_t i = 0; i < viot.iommu_count; i++)
		viot_iommu_of(build, &viot.iommus[i]);
	for (size_t i = 0; i < viot.range_count; i++) {
		const struct viot_range *range = &viot.ranges[i];
		const char *device = arena_printf(arena, "PCI segments %u-%u", range->segment_first,
						  range->segment_last);
		uint64_t segments = (uint64_t)range->segment_last - range->segment_first;

		add_range(build, STREAM_FROM_VIOT, viot_iommu_of(build, range->iommu), device,
			  range->bdf_first,
			  (segments << 16) + range->bdf_last - range->bdf_first + 1,
			  range->endpoint);
	}
	for (size_t i = 0; i < viot.device_count; i++)
		add_range(build, STREAM_FROM_VIOT, viot_iommu_of(build, viot.devices[i].iommu),
			  arena_printf(arena, "device at 0x%" PRIx64, viot.devices[i].base), 0, 1,
			  viot.devices[i].endpoint);
	return 0;
}

/* Only a scope of one step names a bus that is known before the machine runs. */
static void take_scope(struct build *build, const struct iommu *iommu, const struct dmar_unit *unit,
		       const struct dmar_scope *scope)
{
	unsigned rid = scope->depth ? (unsigned)(scope->bus << 8 | scope->path[0].device << 3 |
						 scope->path[0].function)
				    : 0;
	const char *name = function_name(build, unit->segment, rid);
	struct stream *stream;

	if (!scope->depth)
		return;
	for (size_t i = 1; i < scope->depth; i++)
		name = arena_printf(build_arena(build), "%s/%02x.%x", name, scope->path[i].device,
				    scope->path[i].function);
	stream = add_range(build, STREAM_FROM_DMAR, iommu, name, rid, 1, rid);
	stream->has_map = false;
	if (scope->depth == 1 && scope->type == DMAR_SCOPE_ENDPOINT)
		return;
	stream->id = -1;
	stream->error = scope->type == DMAR_SCOPE_BRIDGE
				? "a bridge and all below it"
				: "its bus number is known only on the machine";
}

static int take_dmar(struct build *build, const char *bytes, size_t length, struct error *e)
{
	struct arena *arena = build_arena(build);
	struct dmar dmar;
	int result = dmar_parse(bytes, length, arena, &dmar, e);

	if (result == 0)
		reservations_dmar(build, &dmar);
	for (size_t i = 0; result == 0 && i < dmar.unit_count; i++) {
		const struct dmar_unit *unit = dmar.units[i];
		struct iommu *iommu = add_iommu(
			build, arena_printf(arena, "dmar@%" PRIx64, unit->base), IOMMU_KIND_INTEL);
		struct stream *stream;

		for (size_t j = 0; j < unit->scopes.count; j++)
			take_scope(build, iommu, unit, &unit->scopes.list[j]);
		if (!unit->include_all)
			continue;
		stream = add_range(build, STREAM_FROM_DMAR, iommu,
				   arena_printf(arena, "PCI segment %u", unit->segment), 0, 1, 0);
		stream->has_map = false;
		stream->id = -1;
		stream->error = "all devices of the segment that no other unit names";
	}
	return result;
}

static struct iommu *ivhd_of(struct build *build, const struct ivrs_iommu *found)
{
	const char *name = function_name(build, found->segment, found->id);
	struct iommu *iommu = build_find_iommu(build, name);

	return iommu ? iommu : add_iommu(build, name, IOMMU_KIND_AMD);
}

static int take_ivrs(struct build *build, const char *bytes, size_t length, struct error *e)
{
	struct arena *arena = build_arena(build);
	struct ivrs ivrs;
	int result = ivrs_parse(bytes, length, arena, &ivrs, e);

	if (result < 0)
		return result;
	reservations_ivrs(build, &ivrs);
	for (size_t i = 0; i < ivrs.iommu_count; i++)
		ivhd_of(build, &ivrs.iommus[i]);
	for (size_t i = 0; i < ivrs.range_count; i++) {
		const struct ivrs_range *range = &ivrs.ranges[i];
		bool aliased = range->alias != IVRS_NO_ALIAS;

		/* An alias is one ID for the whole range. */
		add_range(build, STREAM_FROM_IVRS, ivhd_of(build, range->iommu),
			  arena_printf(arena, "PCI segment %u", range->iommu->segment),
			  range->first, aliased ? 1 : (uint64_t)range->last - range->first + 1,
			  aliased ? (uint32_t)range->alias : range->first)
			->map.length = (uint32_t)range->last - range->first + 1;
	}
	for (size_t i = 0; i < ivrs.named_count; i++)
		add_range(build, STREAM_FROM_IVRS, ivhd_of(build, ivrs.named[i].iommu),
			  ivrs.named[i].hid, 0, 1, ivrs.named[i].id)
			->has_map = false;
	return 0;
}

static const struct table {
	const char *name, *source;
	int (*take)(struct build *, const char *, size_t, struct error *);
} tables[] = {
	{"IORT", "iort", take_iort},
	{"VIOT", "viot", take_viot},
	{"DMAR", "dmar", take_dmar},
	{"IVRS", "ivrs", take_ivrs},
};

static int read_table(const struct root *root, struct arena *arena, const struct table *table,
		      char **ret_bytes, size_t *ret_length)
{
	char path[32];
	int result;

	snprintf(path, sizeof(path), "/%s", table->name);
	result = root_read_all(root, arena, path, TABLE_MAX, ret_bytes, ret_length);
	if (result != -ENOENT)
		return result;
	snprintf(path, sizeof(path), "/%s.dat", table->source);
	return root_read_all(root, arena, path, TABLE_MAX, ret_bytes, ret_length);
}

static int take_table(struct build *build, const struct root *root, const struct table *table,
		      const char *folder, struct error *e)
{
	size_t length;
	char *bytes;
	int result = read_table(root, build_arena(build), table, &bytes, &length);

	if (result == -ENOENT)
		return 0;
	if (result < 0)
		return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
				 "cannot read %s/%s", folder, table->name);
	result = table->take(build, bytes, length, e);
	if (result < 0) {
		error_wrap(e, "%s/%s is malformed", folder, table->name);
		return result;
	}
	build_source(build, table->source, SOURCE_READ, NULL);
	return 1;
}

int system_from_acpi(const char *folder, const struct system **ret_system, struct error *e)
{
	_autobuild_ struct build *build = build_new();
	_autoroot_ struct root *root = NULL;
	int found = 0, result = root_open(folder, &root, e);

	for (size_t i = 0; i < ARRAY_SIZE(tables) && result >= 0; i++) {
		result = take_table(build, root, &tables[i], folder, e);
		found += result > 0;
	}
	if (result < 0)
		return result;
	if (!found)
		return error_set(e, ERROR_IO, -ENOENT, "%s has no IORT, VIOT, DMAR or IVRS",
				 folder);
	*ret_system = build_seal(build, FACT_STREAMS);
	build = NULL;
	return 0;
}
