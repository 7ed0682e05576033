/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/build_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void *list_add(struct list *list, void *item)
{
	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->items = realloc(list->items, list->room * sizeof(*list->items));
		if (!list->items)
			memory_exhausted();
	}
	return list->items[list->count++] = item;
}

/* The order of groups by number; qsort and bsearch pass pointers to the items. */
int compare_groups(const void *a, const void *b)
{
	int left = (*(struct group *const *)a)->id, right = (*(struct group *const *)b)->id;

	return left < right ? -1 : left > right;
}

static bool is_sorted(const struct list *list, int (*compare)(const void *, const void *))
{
	for (size_t i = 1; i < list->count; i++)
		if (compare(&list->items[i - 1], &list->items[i]) > 0)
			return false;
	return true;
}

/* Most lists are sorted already: the sources find devices and groups in order. */
void list_sort(struct list *list, int (*compare)(const void *, const void *))
{
	if (!is_sorted(list, compare))
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

struct build *build_new(void)
{
	struct build *build = calloc(1, sizeof(*build));

	if (!build)
		memory_exhausted();
	build->arena = arena_new();
	build->by_name = text_map_new(build->arena);
	build->machine.iommu = USAGE_UNKNOWN;
	build->machine.remaps_interrupts = ANSWER_UNKNOWN;
	return build;
}

void build_free(struct build *build)
{
	if (!build)
		return;
	free(build->iommus.items);
	free(build->groups.items);
	free(build->devices.items);
	free(build->sources.items);
	free(build->streams.items);
	free(build->stream_owners.items);
	free(build->reservations.items);
	free(build->table_notes.items);
	free(build->remarks.items);
	free(build->faults.items);
	free(build->drivers.items);
	free(build->by_id.items);
	free(build->by_path.items);
	arena_free(build->arena);
	free(build);
}

struct arena *build_arena(struct build *build)
{
	return build->arena;
}

struct machine *build_machine(struct build *build)
{
	return &build->machine;
}

void build_source(struct build *build, const char *name, enum source_state state,
		  const char *format, ...)
{
	struct source *source =
		list_add(&build->sources, arena_alloc(build->arena, sizeof(*source)));
	char detail[512];
	va_list arguments;

	*source = (struct source){
		.name = name,
		.state = state,
		.busy = state == SOURCE_BUSY,
		.lacks_rights = state == SOURCE_DENIED,
	};
	if (!format)
		return;
	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	source->detail = arena_strdup(build->arena, detail);
}

void build_members_unknown(struct build *build)
{
	build->members_unknown = true;
}

bool build_members_are_unknown(const struct build *build)
{
	return build->members_unknown;
}

enum source_state source_state_of(int cause)
{
	switch (cause) {
	case -ENOENT:
	case -ENOTDIR:
		return SOURCE_ABSENT;
	case -EACCES:
	case -EPERM:
		return SOURCE_DENIED;
	case -ETIMEDOUT:
	case -EBUSY:
	case -EAGAIN:
		return SOURCE_BUSY;
	default:
		return SOURCE_MALFORMED;
	}
}

size_t build_source_count(const struct build *build)
{
	return build->sources.count;
}

const struct source *build_source_find(const struct build *build, const char *name)
{
	for (size_t i = 0; i < build->sources.count; i++) {
		const struct source *source = build->sources.items[i];

		if (strcmp(source->name, name) == 0)
			return source;
	}
	return NULL;
}

struct source *build_source_last(struct build *build)
{
	return build->sources.items[build->sources.count - 1];
}

void build_source_drop(struct build *build, const char *name)
{
	void **items = build->sources.items;
	size_t i = 0;

	while (strcmp(((const struct source *)items[i])->name, name) != 0)
		i++;
	build->sources.count--;
	memmove(items + i, items + i + 1, (build->sources.count - i) * sizeof(*items));
}

void build_source_errno(struct build *build, const char *name, int cause, const char *file)
{
	build_source(build, name, source_state_of(cause), "%s: %s", file, strerror(-cause));
}

/* Of IOMMUs with the same text, the first counts. */
static void note_iommu(struct text_map *map, const char *text, size_t index)
{
	size_t *number = text_map_at(map, text);

	if (!*number)
		*number = index + 1;
}

struct iommu *build_iommu(struct build *build, const char *name)
{
	struct iommu *iommu = list_add(&build->iommus, arena_alloc(build->arena, sizeof(*iommu)));

	iommu->name = iommu->identity = name;
	iommu->index = (uint32_t)(build->iommus.count - 1);
	iommu->stream_entries = iommu->context_banks = -1;
	note_iommu(build->by_name, name, build->iommus.count - 1);
	return iommu;
}

struct group *build_group(struct build *build, int id)
{
	struct group *group = list_add(&build->groups, arena_alloc(build->arena, sizeof(*group)));

	group->id = id;
	while (build->by_id.count <= (size_t)id)
		list_add(&build->by_id, NULL);
	return build->by_id.items[id] = group;
}

struct device *build_device(struct build *build, const char *bus, const char *name,
			    const char *path)
{
	struct built_device *whole = arena_alloc(build->arena, sizeof(*whole));
	struct device *device = list_add(&build->devices, &whole->device);

	device->bus = bus;
	device->name = device->label = name;
	device->path = path;
	device->vendor_id = device->device_id = device->class = device->numa_node = -1;
	device->subsystem_vendor_id = device->subsystem_device_id = -1;
	device->dma_mask_bits = -1;
	device->state = DEVICE_UNKNOWN;
	device->dma = DMA_UNKNOWN;
	device->removable = device->answers = device->uses_ats = ANSWER_UNKNOWN;
	return device;
}

struct stream *build_stream(struct build *build, struct device *device)
{
	struct stream *stream =
		list_add(&build->streams, arena_alloc(build->arena, sizeof(*stream)));

	stream->device = device;
	stream->id = stream->alias_of = -1;
	stream->count = 1;
	stream->available = true;
	list_add(&build->stream_owners, device);
	if (device)
		device->stream_count++;
	return stream;
}

void build_reservation(struct build *build, struct reservation reservation)
{
	struct reservation *copy = arena_alloc(build->arena, sizeof(*copy));

	*copy = reservation;
	list_add(&build->reservations, copy);
}

void build_filter_reservations(struct build *build,
			       bool (*keep)(void *context, const struct reservation *reservation),
			       void *context)
{
	struct list *list = &build->reservations;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (keep(context, list->items[i]))
			list->items[kept++] = list->items[i];
	list->count = kept;
}

void build_table_note(struct build *build, struct table_note note)
{
	struct table_note *copy = arena_alloc(build->arena, sizeof(*copy));

	*copy = note;
	list_add(&build->table_notes, copy);
}

void build_drop_stream(struct build *build)
{
	struct device *owner = build->stream_owners.items[--build->stream_owners.count];

	build->streams.count--;
	if (owner)
		owner->stream_count--;
}

bool build_stream_any(const struct build *build)
{
	return build->streams.count;
}

bool build_has_streams(const struct build *build, const struct device *device)
{
	return device->stream_count;
}

struct stream *const *build_streams_of(struct build *build, const struct device *device,
				       size_t *ret_count)
{
	struct stream **streams = (struct stream **)build->streams.items;
	size_t looked = 0, at = build->last_stream;

	*ret_count = device->stream_count;
	if (!device->stream_count)
		return NULL;
	/*
	 * Search from the last result on: callers mostly go through devices in the order in which
	 * their streams were added.
	 */
	while (looked++ < build->streams.count && streams[at]->device != device)
		at = (at + 1) % build->streams.count;
	while (at && streams[at - 1]->device == device)
		at--;
	build->last_stream = at;
	return &streams[at];
}

struct probing *build_probing(struct build *build, struct device *device)
{
	struct probing *probing = arena_alloc(build->arena, sizeof(*probing));

	device->probing = built(device)->probing = probing;
	return probing;
}

struct probing *build_find_probing(const struct build *build, struct device *device)
{
	return built(device)->probing;
}

struct iommu *build_find_iommu(struct build *build, const char *name)
{
	size_t number = text_map_find(build->by_name, name);

	return number ? build->iommus.items[number - 1] : NULL;
}

struct iommu *build_identified_iommu(struct build *build, const char *identity)
{
	size_t number;

	if (!build->by_identity || build->identified != build->iommus.count) {
		build->by_identity = text_map_new(build->arena);
		build->identified = build->iommus.count;
		for (size_t i = 0; i < build->iommus.count; i++)
			note_iommu(build->by_identity, build_iommu_at(build, i)->identity, i);
	}
	number = text_map_find(build->by_identity, identity);
	return number ? build->iommus.items[number - 1] : NULL;
}

struct group *build_find_group(const struct build *build, int id)
{
	return (size_t)id < build->by_id.count ? build->by_id.items[id] : NULL;
}

const size_t *build_group_sizes(const struct build *build, struct arena *arena)
{
	size_t *sizes = arena_array(arena, build->by_id.count, sizeof(*sizes));

	for (size_t i = 0; i < build->devices.count; i++) {
		const struct device *device = build->devices.items[i];

		if (device->group)
			sizes[device->group->id]++;
	}
	return sizes;
}

/*
 * Hash only the end of a path, in one step: paths differ at their ends, "…/0000:01:00.0". Two
 * overlapping words hold the last bytes, or all of a short path.
 */
static uint64_t hash_end(const char *path, size_t length)
{
	const size_t size = sizeof(uint64_t), first = length < 2 * size ? length : 2 * size;
	const char *end = path + length;
	uint64_t words[2] = {0};

	memcpy(&words[0], end - first, first < size ? first : size);
	if (length >= size)
		memcpy(&words[1], end - size, size);
	words[0] = (words[0] ^ length) * UINT64_C(0x9e3779b97f4a7c15);
	return (words[0] ^ words[0] >> 29 ^ words[1]) * UINT64_C(0xbf58476d1ce4e5b9) >> 32;
}

/* The slot of a path in the hash table: the slot of its device, or the empty slot for it. */
static size_t path_slot(const struct list *table, const char *path, size_t length)
{
	size_t slot;

	for (slot = hash_end(path, length) % table->room; table->items[slot];
	     slot = (slot + 1) % table->room) {
		const struct device *device = table->items[slot];

		if (strncmp(device->path, path, length) == 0 && !device->path[length])
			break;
	}
	return slot;
}

static void index_paths(struct build *build)
{
	struct list *table = &build->by_path;

	if (table->count == build->devices.count)
		return;
	free(table->items);
	table->count = build->devices.count;
	table->room = 2 * table->count + 1;
	table->items = calloc(table->room, sizeof(*table->items));
	if (!table->items)
		memory_exhausted();
	for (size_t i = 0; i < build->devices.count; i++) {
		const struct device *device = build->devices.items[i];

		table->items[path_slot(table, device->path, strlen(device->path))] =
			build->devices.items[i];
	}
}

struct device *build_find_above(struct build *build, const char *path)
{
	size_t length = strlen(path);
	struct device *device = NULL;

	index_paths(build);
	while (length && build->devices.count && !device) {
		device = build->by_path.items[path_slot(&build->by_path, path, length)];
		while (length && path[--length] != '/')
			;
	}
	return device;
}

size_t build_device_count(const struct build *build)
{
	return build->devices.count;
}

struct device *build_device_at(const struct build *build, size_t index)
{
	return build->devices.items[index];
}

size_t build_group_count(const struct build *build)
{
	return build->groups.count;
}

struct group *build_group_at(const struct build *build, size_t index)
{
	return build->groups.items[index];
}

size_t build_iommu_count(const struct build *build)
{
	return build->iommus.count;
}

struct iommu *build_iommu_at(const struct build *build, size_t index)
{
	return build->iommus.items[index];
}
