/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/streams.h"

#include <inttypes.h>
#include <string.h>

const char *stream_text(const struct stream *stream, struct arena *arena)
{
	if (stream->id < 0)
		return NULL;
	if (stream->mask > 0)
		return arena_printf(arena, "0x%" PRIx64 "/0x%" PRIx64, stream->id, stream->mask);
	if (stream->count > 1)
		return arena_printf(arena, "0x%" PRIx64 "-0x%" PRIx64, stream->id,
				    stream->id + stream->count - 1);
	return arena_printf(arena, "0x%" PRIx64, stream->id);
}

static struct value get_device(const struct row *row, struct arena *arena)
{
	return value_text(row->stream->device_name);
}

static struct value get_iommu(const struct row *row, struct arena *arena)
{
	return value_text(row->stream->iommu_name);
}

static struct value get_kind(const struct row *row, struct arena *arena)
{
	return value_text(stream_kind_name(row->stream->kind));
}

static struct value get_id(const struct row *row, struct arena *arena)
{
	const char *text = stream_text(row->stream, arena);

	if (row->stream->whole)
		return value_none();
	return text ? value_text(text) : value_unknown();
}

static struct json_object *json_number(int64_t number)
{
	return number < 0 ? NULL : json_object_new_int64(number);
}

static struct json_object *json_id(const struct row *row)
{
	return json_number(row->stream->id);
}

static struct value get_mask(const struct row *row, struct arena *arena)
{
	return value_id(row->stream->id < 0 ? -1 : row->stream->mask);
}

static struct value get_count(const struct row *row, struct arena *arena)
{
	return value_number(row->stream->id < 0 ? -1 : row->stream->count);
}

static struct value get_source(const struct row *row, struct arena *arena)
{
	return value_text(stream_source_name(row->stream->source));
}

static struct value get_alias_of(const struct row *row, struct arena *arena)
{
	return value_id(row->stream->alias_of);
}

static struct value get_derived(const struct row *row, struct arena *arena)
{
	/* No kernel interface shows the programmed streams; its log does where there is a fault. */
	return value_bool(!row->stream->observed);
}

/* True where the overlapping device was named already: it may overlap in several streams. */
static bool named_before(const struct overlap *overlap, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(overlap->streams[i]->device_name,
			   overlap->streams[index]->device_name) == 0)
			return true;
	return false;
}

static struct value get_shared_with(const struct row *row, struct arena *arena)
{
	const char *text = NULL;

	for (size_t i = 0; i < row->overlap->count; i++) {
		const char *name = row->overlap->streams[i]->device_name;

		if (!named_before(row->overlap, i))
			text = text ? arena_concat(arena, text, ",", name) : name;
	}
	return value_text(row->overlap->more ? arena_concat(arena, text, ",", "…") : text);
}

static struct json_object *json_shared_with(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->overlap->count; i++)
		if (!named_before(row->overlap, i))
			json_object_array_add(array,
					      json_text(row->overlap->streams[i]->device_name));
	return array;
}

static struct value get_shared_more(const struct row *row, struct arena *arena)
{
	return value_bool(row->overlap->more);
}

static struct value get_spec(const struct row *row, struct arena *arena)
{
	const char *text = NULL;

	for (size_t i = 0; i < row->stream->spec_count; i++)
		text = arena_printf(arena, "%s%s0x%x", text ? text : "", text ? "," : "",
				    row->stream->spec[i]);
	return value_text(text);
}

static struct json_object *json_spec(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->stream->spec_count; i++)
		json_object_array_add(array, json_object_new_int64(row->stream->spec[i]));
	return array;
}

static struct value get_map(const struct row *row, struct arena *arena)
{
	const struct stream *stream = row->stream;

	if (!stream->has_map)
		return value_none();
	return value_text(arena_printf(arena, "0x%x+0x%x->0x%x", stream->map.rid_base,
				       stream->map.length, stream->map.stream_base));
}

static struct json_object *json_map(const struct row *row)
{
	const struct stream *stream = row->stream;
	struct json_object *object;

	if (!stream->has_map)
		return NULL;
	object = json_object_new_object();
	json_object_object_add(object, "rid_base", json_object_new_int64(stream->map.rid_base));
	json_object_object_add(object, "stream_base",
			       json_object_new_int64(stream->map.stream_base));
	json_object_object_add(object, "length", json_object_new_int64(stream->map.length));
	json_object_object_add(object, "mask", json_object_new_int64(stream->map.mask));
	return object;
}

static struct value get_available(const struct row *row, struct arena *arena)
{
	return value_bool(row->stream->available);
}

static struct value get_error(const struct row *row, struct arena *arena)
{
	struct value value = value_text(row->stream->error);

	value.color = "yellow";
	return value;
}

const struct column stream_columns[] = {
	{"device", "DEVICE", "the device, or its node in firmware", 0, get_device},
	{"iommu", "IOMMU", "the IOMMU that sees it", FACT_STREAMS, get_iommu},
	{"kind", "KIND", "stream_id or requester_id", FACT_STREAMS, get_kind},
	{"id", "ID", "the ID that the IOMMU sees, with mask or range", FACT_STREAMS, get_id,
	 json_id},
	{"mask", "MASK", "bits that match either way (SMMUv1 and v2)", FACT_STREAMS, get_mask,
	 .right = true},
	{"count", "COUNT", "how many IDs from there on", FACT_STREAMS, get_count, .right = true},
	{"source", "SOURCE", "the table or property that describes it", FACT_STREAMS, get_source},
	{"alias_of", "ALIAS-OF", "the device's own requester ID, where this one is a bridge's",
	 FACT_STREAMS, get_alias_of},
	{"derived", "DERIVED", "follows from firmware; no: a fault shows it",
	 FACT_STREAMS | FACT_FAULTS, get_derived},
	{"shared_with", "SHARED-WITH", "devices that the IOMMU cannot tell from this one",
	 FACT_STREAMS, get_shared_with, json_shared_with, .gives_way = true},
	{"shared_more", "SHARED-MORE", "there are more of them than SHARED-WITH names",
	 FACT_STREAMS, get_shared_more},
	{"spec", "SPEC", "raw cells of the devicetree", FACT_STREAMS, get_spec, json_spec,
	 .gives_way = true},
	{"map", "MAP", "entry of an iommu-map: requester IDs, and the IDs that they become",
	 FACT_STREAMS, get_map, json_map, .gives_way = true},
	{"available", "AVAILABLE", "its node and all nodes above it are enabled", FACT_STREAMS,
	 get_available},
	{"error", "ERROR", "why the ID is unknown or unusable", FACT_STREAMS, get_error,
	 .gives_way = true},
	{NULL},
};
