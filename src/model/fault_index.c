/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/fault_index.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/fault_match.h"
#include "model/pasted.h"
#include "model/pci.h"
#include "model/pci_alias.h"

#include <stdlib.h>
#include <string.h>

/* The IDs @first to @last of a device or stream. @reach: the largest @last up to this entry */
struct id_range {
	int64_t first, last, reach;
	const void *item;
};

struct id_ranges {
	struct id_range *items;
	size_t count, room;
};

struct fault_index {
	struct arena *arena;
	const struct device **by_name;
	size_t name_count;
	struct id_ranges functions, aliases, requesters, stream_ids;
};

static void add_range(struct fault_index *index, struct id_ranges *ranges, int64_t first,
		      int64_t last, const void *item)
{
	ranges->items = arena_grow(index->arena, ranges->items, ranges->count, &ranges->room,
				   sizeof(*ranges->items));
	ranges->items[ranges->count++] = (struct id_range){first, last, last, item};
}

static int compare_first_ids(const void *a, const void *b)
{
	const struct id_range *one = a, *other = b;

	return one->first < other->first ? -1 : one->first > other->first;
}

static void sort_ranges(struct id_ranges *ranges)
{
	if (!ranges->count)
		return;
	qsort(ranges->items, ranges->count, sizeof(*ranges->items), compare_first_ids);
	for (size_t i = 1; i < ranges->count; i++)
		if (ranges->items[i].reach < ranges->items[i - 1].reach)
			ranges->items[i].reach = ranges->items[i - 1].reach;
}

/* The number of entries whose first ID is @id or less. */
static size_t count_up_to(const struct id_ranges *ranges, int64_t id)
{
	size_t low = 0, high = ranges->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->items[middle].first <= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int compare_indexed_names(const void *a, const void *b)
{
	const struct device *const *one = a, *const *other = b;

	return strcmp((*one)->name, (*other)->name);
}

static void add_device_ids(struct fault_index *index, const struct device *device)
{
	uint8_t functions[PCI_ALIAS_FUNCTIONS_MAX];
	struct pci_name name;
	size_t count;
	uint16_t rid;

	if (!device_is_pci(device) || !pasted_pci(device->name, &name))
		return;
	rid = pasted_rid(name);
	add_range(index, &index->functions, rid, rid, device);
	count = pci_alias_functions(device, (uint8_t)rid, functions);
	for (size_t i = 0; i < count; i++) {
		int64_t alias = (rid & ~0xff) | functions[i];

		add_range(index, &index->aliases, alias, alias, device);
	}
}

static void add_stream_ids(struct fault_index *index, const struct stream *stream)
{
	struct id_ranges *ranges =
		stream->kind == STREAM_ID ? &index->stream_ids : &index->requesters;

	if (stream->id < 0)
		return;
	if (stream->mask)
		add_range(index, ranges, stream->id & ~stream->mask, stream->id | stream->mask,
			  stream);
	else
		add_range(index, ranges, stream->id, stream->id + stream->count - 1, stream);
}

struct fault_index *fault_index_new(const struct device *const *devices, size_t device_count,
				    const struct stream *streams, size_t stream_count,
				    struct arena *arena)
{
	struct fault_index *index = arena_alloc(arena, sizeof(*index));

	*index = (struct fault_index){
		.arena = arena,
		.by_name = arena_array(arena, device_count, sizeof(const struct device *)),
		.name_count = device_count,
	};
	for (size_t i = 0; i < device_count; i++) {
		index->by_name[i] = devices[i];
		add_device_ids(index, devices[i]);
	}
	for (size_t i = 0; i < stream_count; i++)
		add_stream_ids(index, &streams[i]);
	if (device_count)
		qsort(index->by_name, device_count, sizeof(const struct device *),
		      compare_indexed_names);
	sort_ranges(&index->functions);
	sort_ranges(&index->aliases);
	sort_ranges(&index->requesters);
	sort_ranges(&index->stream_ids);
	return index;
}

/* The first device by name whose name is not before @name. */
static size_t find_name(const struct fault_index *index, const char *name)
{
	size_t low = 0, high = index->name_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(index->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void each_device_with_id(const struct id_ranges *ranges, const struct fault *fault,
				bool (*matches)(const struct fault *, const struct device *),
				fault_device_each *each, void *context)
{
	struct pci_name name;
	int64_t rid;

	if (!pasted_pci(fault->device, &name))
		return;
	rid = pasted_rid(name);
	for (size_t i = count_up_to(ranges, rid); i-- && ranges->items[i].reach >= rid;)
		if (matches(fault, ranges->items[i].item))
			each(context, ranges->items[i].item);
}

void fault_index_named(const struct fault_index *index, const struct fault *fault,
		       fault_device_each *each, void *context)
{
	if (!*fault->device)
		return;
	for (size_t i = find_name(index, fault->device);
	     i < index->name_count && strcmp(index->by_name[i]->name, fault->device) == 0; i++)
		each(context, index->by_name[i]);
	each_device_with_id(&index->functions, fault, fault_names_device, each, context);
}

void fault_index_aliases(const struct fault_index *index, const struct fault *fault,
			 fault_device_each *each, void *context)
{
	each_device_with_id(&index->aliases, fault, fault_is_of_alias, each, context);
}

static void each_stream_with_id(const struct id_ranges *ranges, const struct fault *fault,
				int64_t id, fault_stream_each *each, void *context)
{
	for (size_t i = count_up_to(ranges, id); i-- && ranges->items[i].reach >= id;)
		if (ranges->items[i].last >= id && fault_is_of_stream(fault, ranges->items[i].item))
			each(context, ranges->items[i].item);
}

void fault_index_streams(const struct fault_index *index, const struct fault *fault,
			 fault_stream_each *each, void *context)
{
	struct pci_name name;

	if (fault->stream >= 0)
		each_stream_with_id(&index->stream_ids, fault, fault->stream, each, context);
	if (pasted_pci(fault->device, &name))
		each_stream_with_id(&index->requesters, fault, pasted_rid(name), each, context);
}

/*
 * The owner of the streams that have the ID of a fault.
 * @stream: one of them, or NULL     @is_named: the line of the fault names its device
 * @is_unclear: streams of other devices have the ID too
 */
struct stream_owner {
	const struct fault *fault;
	const struct stream *stream;
	bool is_named, is_unclear;
	struct stream *streams;
};

static bool same_owner(const struct stream *one, const struct stream *other)
{
	return one->device == other->device && same_text(one->device_name, other->device_name);
}

static void note_stream_owner(void *context, const struct stream *stream)
{
	struct stream_owner *owner = context;
	bool is_named = stream->device && fault_names_device(owner->fault, stream->device);

	if (!owner->stream || (is_named && !owner->is_named)) {
		owner->stream = stream;
		owner->is_named = is_named;
		owner->is_unclear = false;
	} else if (is_named == owner->is_named) {
		owner->is_unclear |= !same_owner(owner->stream, stream);
	}
}

static void mark_observed(void *context, const struct stream *stream)
{
	struct stream_owner *owner = context;

	if (same_owner(owner->stream, stream))
		owner->streams[stream - owner->streams].observed = true;
}

void faults_observe(const struct fault *const *faults, size_t fault_count, struct stream *streams,
		    size_t stream_count)
{
	_autoarena_ struct arena *arena = NULL;
	const struct fault_index *index;

	if (!fault_count || !stream_count)
		return;
	arena = arena_new();
	index = fault_index_new(NULL, 0, streams, stream_count, arena);
	for (size_t i = 0; i < fault_count; i++) {
		struct stream_owner owner = {.fault = faults[i], .streams = streams};

		fault_index_streams(index, faults[i], note_stream_owner, &owner);
		if (owner.stream && !owner.is_unclear)
			fault_index_streams(index, faults[i], mark_observed, &owner);
	}
}
