/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A devicetree blob of another machine: its IOMMUs, and every stream that it describes. */
#include "firmware/dt_iommus.h"
#include "firmware/dt_streams.h"
#include "firmware/fdt.h"
#include "firmware/fdt_overlay.h"
#include "sources/firmware/offline.h"
#include "sources/firmware/offline_files.h"
#include "sources/firmware/reservations.h"
#include "sources/firmware/streams_dt.h"

static void add_iommus(struct build *build, const struct tree *tree)
{
	const struct dt_iommu *iommus;
	size_t count = dt_iommus(tree, build_arena(build), &iommus);

	for (size_t i = 0; i < count; i++) {
		struct iommu *iommu = build_iommu(build, iommus[i].node->path);

		iommu->kind = iommus[i].kind;
		iommu->foreign_kind = iommus[i].compatible;
		iommu->firmware_node = iommus[i].node->path;
		iommu->state = iommus[i].node->available ? IOMMU_UNKNOWN : IOMMU_DISABLED;
	}
}

/*
 * Add one stream of a devicetree blob: an ID of a device, or a range of requester IDs of a host
 * bridge.
 */
static void add_blob_stream(struct build *build, const struct dt_stream *found,
			    const struct iommu *iommu)
{
	struct stream *stream = build_stream(build, NULL);

	stream->device_name = found->device->path;
	stream_iommu(stream, iommu, found->iommu ? found->iommu->path : NULL);
	stream->kind = STREAM_ID;
	stream->source = streams_dt_source(found->source);
	stream->spec = found->spec;
	stream->spec_count = found->spec_count;
	stream->available = found->available;
	stream->error = found->error ? found->error : found->id.error;
	stream->whole = found->id.whole && !found->error;
	if (found->id.has_id) {
		stream->id = found->id.id;
		stream->mask = found->id.mask;
		stream->count = found->count;
	}
	stream->has_map = found->source == DT_STREAM_IOMMU_MAP && !found->error;
	if (stream->has_map) {
		stream->map.rid_base = found->map.rid_base;
		stream->map.stream_base = found->map.stream_base;
		stream->map.length = found->map.length;
		stream->map.mask = found->map.mask;
	}
	/* A map that only new kernels read comes with a new kernel; the other way round it is lost.
	 */
	if (found->disagree && found->stride == DT_STRIDE_FIXED && !stream->error)
		stream->error =
			"Linux 7.2 and later take as many cells as #iommu-cells says, so they do "
			"not read this iommu-map, or read other IDs; older kernels take one";
}

static void add_streams(struct build *build, const struct tree *tree)
{
	const struct dt_stream *streams;
	size_t count = dt_streams(tree, build_arena(build), &streams);

	for (size_t i = 0; i < count; i++) {
		const struct node *node = streams[i].iommu;

		add_blob_stream(build, &streams[i],
				node ? build_find_iommu(build, node->path) : NULL);
	}
}

static int read_blobs(const char *const *paths, size_t count, struct arena *arena,
		      struct fdt_file *files, struct error *e)
{
	for (size_t i = 0; i < count; i++) {
		char *bytes = NULL;
		int result = offline_read(paths[i], arena, FDT_SIZE_MAX, &bytes, &files[i].length);

		if (result < 0)
			return error_set(e, ERROR_IO, result, "cannot read %s", paths[i]);
		files[i].name = offline_name(paths[i]);
		files[i].bytes = bytes;
	}
	return 0;
}

int system_from_dtb(const char *const *paths, size_t count, const struct system **ret_system,
		    struct error *e)
{
	_autobuild_ struct build *build = build_new();
	struct arena *arena = build_arena(build);
	struct fdt_file *files = arena_array(arena, count, sizeof(*files));
	const struct tree *tree;
	int result = read_blobs(paths, count, arena, files, e);

	if (result == 0)
		result = fdt_overlay(arena, files, files + 1, count - 1, &tree, e);
	if (result < 0)
		return result;
	build_machine(build)->firmware_file = arena_strdup(arena, files[0].name);
	add_iommus(build, tree);
	add_streams(build, tree);
	reservations_devicetree(build, tree);
	build_source(build, "devicetree", SOURCE_READ, NULL);
	*ret_system = build_seal(build, FACT_STREAMS);
	build = NULL;
	return 0;
}
