/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_streams.h"
#include "support/dts.h"

static void print_cells(const struct dt_stream *stream, FILE *out)
{
	for (size_t i = 0; i < stream->spec_count; i++)
		fprintf(out, "%s0x%x", i ? "," : "", stream->spec[i]);
	fputs(stream->spec_count ? "\t" : "-\t", out);
}

static void print_id(const struct dt_stream *stream, FILE *out)
{
	if (stream->id.has_id)
		fprintf(out, "0x%x\t0x%x\t", stream->id.id, stream->id.mask);
	else
		fputs("-\t-\t", out);
}

static void print_map(const struct dt_stream *stream, FILE *out)
{
	if (stream->source == DT_STREAM_IOMMU_MAP)
		fprintf(out, "0x%x\t0x%x\t0x%x\t", stream->map.rid_base, stream->map.length,
			stream->map.mask);
	else
		fputs("-\t-\t-\t", out);
}

static void print_stream(const struct dt_stream *stream, FILE *out)
{
	fprintf(out, "%s\t%s\t%s\t%s\t", dt_stream_source_name(stream->source),
		stream->device->path, stream->available ? "yes" : "no",
		stream->iommu ? stream->iommu->path : "-");
	print_cells(stream, out);
	print_id(stream, out);
	print_map(stream, out);
	fprintf(out, "%s%s%s\n", stream->disagree ? "readings-disagree " : "",
		stream->id.cut ? "cut " : "", stream->error ? stream->error : "-");
}

void print_streams(const struct tree *tree, FILE *out)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct dt_stream *streams;
	size_t count = dt_streams(tree, arena, &streams);

	for (size_t i = 0; i < count; i++)
		print_stream(&streams[i], out);
}
