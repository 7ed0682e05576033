/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/firmware/acpi_decoder.h"

#include "base/text.h"
#include "firmware/bytes.h"
#include "sources/devices/iomem.h"
#include "sources/firmware/streams.h"

#include <string.h>

static const struct acpi_decoder *const decoders[] = {
	&acpi_iort, &acpi_rimt, &acpi_viot, &acpi_dmar, &acpi_ivrs,
};

const struct acpi_decoder *const *acpi_decoders(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(decoders);
	return decoders;
}

int acpi_load(const struct root *root, const struct acpi_decoder *decoder, struct arena *arena,
	      struct span *ret_bytes, void **ret_parsed, struct error *why)
{
	const char *file = firmware_table_of(decoder->source)->file;
	void *parsed = arena_alloc(arena, decoder->size);
	size_t length;
	char *bytes;
	int result = root_read_all(root, arena, file, ACPI_TABLE_MAX, &bytes, &length);

	if (result < 0)
		return result;
	*ret_bytes = (struct span){bytes, length};
	result = decoder->parse(bytes, length, arena, parsed, why);
	if (result == 0)
		*ret_parsed = parsed;
	return result;
}

void acpi_add_notes(struct build *build, const struct acpi_decoder *decoder, const void *parsed,
		    const char *file)
{
	const struct acpi_notes *notes =
		(const struct acpi_notes *)((const char *)parsed + decoder->notes);

	for (size_t i = 0; i < notes->count; i++)
		build_table_note(
			build,
			(struct table_note){
				.table = firmware_table_of(decoder->source)->signature,
				.file = file,
				.text = arena_strdup(build_arena(build), notes->list[i].text),
				.offset = notes->list[i].offset,
			});
}

struct stream *acpi_add_stream(struct build *build, struct device *device,
			       enum stream_source source, int64_t id)
{
	struct stream *stream = build_stream(build, device);

	stream->source = source;
	stream->kind = firmware_table_of(source)->ids;
	stream->id = id;
	return stream;
}

struct iommu *acpi_find_function(struct build *build, const char *name)
{
	for (size_t i = 0; i < build_iommu_count(build); i++) {
		struct iommu *iommu = build_iommu_at(build, i);

		if (iommu->device && strcmp(text_basename(iommu->device), name) == 0)
			return iommu;
	}
	return NULL;
}

struct iommu *acpi_describe_iommu(struct build *build, const char *name, enum iommu_kind kind)
{
	struct iommu *iommu = build_find_iommu(build, name);

	if (iommu)
		return iommu;
	iommu = build_iommu(build, name);
	iommu->kind = kind;
	iommu->state = IOMMU_UNKNOWN;
	iommu->unregistered = true;
	return iommu;
}

static bool any_registered_of(struct build *build, enum iommu_kind kind)
{
	for (size_t i = 0; i < build_iommu_count(build); i++)
		if (build_iommu_at(build, i)->kind == kind &&
		    !build_iommu_at(build, i)->unregistered)
			return true;
	return false;
}

bool acpi_is_nameless(struct acpi_reading *acpi, uint64_t base, enum iommu_kind kind)
{
	return !iomem_device(iomem_lines(acpi->reading), base, acpi->scratch) &&
	       any_registered_of(acpi->reading->build, kind);
}

void acpi_set_map(struct stream *stream, uint32_t input, uint32_t output, uint64_t count)
{
	stream->has_map = true;
	stream->map.rid_base = input;
	stream->map.stream_base = output;
	stream->map.length = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
	stream->map.mask = UINT32_MAX;
}

static struct stream *describe_part(struct build *build, enum stream_source source,
				    const struct iommu *iommu, struct acpi_range range)
{
	struct stream *stream = build_stream(build, NULL);

	stream->device_name = range.subject;
	stream_iommu(stream, iommu, NULL);
	stream->kind = firmware_table_of(source)->ids;
	stream->source = source;
	stream->id = range.output;
	stream->count = (int64_t)range.count;
	stream->error = range.error;
	acpi_set_map(stream, range.input, range.output, range.count);
	return stream;
}

struct stream *acpi_describe_range(struct build *build, enum stream_source source,
				   const struct iommu *iommu, struct acpi_range range)
{
	uint64_t before_end = (uint64_t)UINT32_MAX + 1 - range.output;
	struct acpi_range first = range, rest = range;
	struct stream *stream;

	if (range.count <= before_end)
		return describe_part(build, source, iommu, range);
	first.count = before_end;
	rest.count = range.count - before_end;
	rest.input = range.input + (uint32_t)before_end;
	rest.output = 0;
	stream = describe_part(build, source, iommu, first);
	describe_part(build, source, iommu, rest);
	return stream;
}
