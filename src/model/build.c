/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/build.h"

#include "base/text.h"
#include "model/fingerprint.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A growing list of pointers; the objects lie in the arena. */
struct list {
	void **items;
	size_t count, room;
};

struct build {
	struct arena *arena;
	struct machine machine;
	struct list iommus, groups, devices, sources;
	struct list by_path; /* the devices, sorted by path; made when first asked for */
	bool groups_sorted;
};

static void *list_add(struct list *list, void *item)
{
	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->items = realloc(list->items, list->room * sizeof(*list->items));
		if (!list->items)
			memory_exhausted();
	}
	return list->items[list->count++] = item;
}

/* qsort and bsearch see pointers to the items. */
static int compare_iommus(const void *a, const void *b)
{
	return text_natural((*(struct iommu *const *)a)->name, (*(struct iommu *const *)b)->name);
}

static int compare_groups(const void *a, const void *b)
{
	int left = (*(struct group *const *)a)->id, right = (*(struct group *const *)b)->id;

	return left < right ? -1 : left > right;
}

static int compare_devices(const void *a, const void *b)
{
	const struct device *left = *(struct device *const *)a, *right = *(struct device *const *)b;
	int order = left->bus == right->bus ? 0 : strcmp(left->bus, right->bus);

	/* Their numbers are hexadecimal, so natural order would be wrong. */
	return order ? order : strcmp(left->name, right->name);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp((*(struct device *const *)a)->path, (*(struct device *const *)b)->path);
}

static void list_sort(struct list *list, int (*compare)(const void *, const void *))
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

static void *list_find(const struct list *list, const void *key,
		       int (*compare)(const void *, const void *))
{
	void **found =
		list->count ? bsearch(&key, list->items, list->count, sizeof(*list->items), compare)
			    : NULL;

	return found ? *found : NULL;
}

struct build *build_new(void)
{
	struct build *build = calloc(1, sizeof(*build));

	if (!build)
		memory_exhausted();
	build->arena = arena_new();
	build->machine.iommu = USAGE_UNKNOWN;
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

	*source = (struct source){.name = name, .state = state};
	if (!format)
		return;
	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	source->detail = arena_strdup(build->arena, detail);
}

void build_source_errno(struct build *build, const char *name, int cause, const char *file)
{
	enum source_state state = SOURCE_MALFORMED;

	if (cause == -ENOENT || cause == -ENOTDIR)
		state = SOURCE_ABSENT;
	else if (cause == -EACCES || cause == -EPERM)
		state = SOURCE_DENIED;
	else if (cause == -ETIMEDOUT)
		state = SOURCE_BUSY;
	build_source(build, name, state, "%s: %s", file, strerror(-cause));
}

struct iommu *build_iommu(struct build *build, const char *name)
{
	struct iommu *iommu = list_add(&build->iommus, arena_alloc(build->arena, sizeof(*iommu)));

	iommu->name = iommu->identity = name;
	iommu->stream_entries = iommu->context_banks = -1;
	return iommu;
}

struct group *build_group(struct build *build, int id)
{
	struct group *group = list_add(&build->groups, arena_alloc(build->arena, sizeof(*group)));

	group->id = id;
	build->groups_sorted = false;
	return group;
}

struct device *build_device(struct build *build, const char *bus, const char *name,
			    const char *path)
{
	struct device *device =
		list_add(&build->devices, arena_alloc(build->arena, sizeof(*device)));

	device->bus = bus;
	device->name = device->label = name;
	device->path = path;
	device->vendor_id = device->device_id = device->class = device->numa_node = -1;
	device->state = DEVICE_UNKNOWN;
	device->dma = DMA_UNKNOWN;
	return device;
}

struct iommu *build_find_iommu(struct build *build, const char *name)
{
	for (size_t i = 0; i < build->iommus.count; i++) {
		struct iommu *iommu = build->iommus.items[i];

		if (strcmp(iommu->name, name) == 0)
			return iommu;
	}
	return NULL;
}

struct group *build_find_group(struct build *build, int id)
{
	const struct group key = {.id = id};

	if (!build->groups_sorted)
		list_sort(&build->groups, compare_groups);
	build->groups_sorted = true;
	return list_find(&build->groups, &key, compare_groups);
}

static void index_paths(struct build *build)
{
	if (build->by_path.count == build->devices.count)
		return;
	build->by_path.count = 0;
	for (size_t i = 0; i < build->devices.count; i++)
		list_add(&build->by_path, build->devices.items[i]);
	list_sort(&build->by_path, compare_paths);
}

struct device *build_find_above(struct build *build, const char *path)
{
	_autofree_ char *above = strdup(path);
	const struct device key = {.path = above};
	struct device *device = NULL;
	char *slash;

	if (!above)
		memory_exhausted();
	index_paths(build);
	while (!(device = list_find(&build->by_path, &key, compare_paths))) {
		slash = strrchr(above, '/');
		if (!slash || slash == above)
			break;
		*slash = '\0';
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

/* A copy of the list's pointers that the system owns. */
static void *seal_list(struct build *build, const struct list *list)
{
	void **sealed = arena_array(build->arena, list->count + 1, sizeof(*sealed));

	if (list->count)
		memcpy(sealed, list->items, list->count * sizeof(*sealed));
	return sealed;
}

/* Devices are sorted by now, so the members of each group and IOMMU come out sorted too. */
static void link_members(struct build *build)
{
	for (size_t i = 0; i < build->devices.count; i++) {
		const struct device *device = build->devices.items[i];

		if (device->group)
			((struct group *)device->group)->device_count++;
		if (device->iommu)
			((struct iommu *)device->iommu)->device_count++;
	}
	for (size_t i = 0; i < build->groups.count; i++) {
		struct group *group = build->groups.items[i];

		group->devices =
			arena_array(build->arena, group->device_count, sizeof(*group->devices));
		group->device_count = 0;
	}
	for (size_t i = 0; i < build->iommus.count; i++) {
		struct iommu *iommu = build->iommus.items[i];

		iommu->devices =
			arena_array(build->arena, iommu->device_count, sizeof(*iommu->devices));
		iommu->device_count = 0;
	}
	for (size_t i = 0; i < build->devices.count; i++) {
		const struct device *device = build->devices.items[i];
		struct group *group = (struct group *)device->group;
		struct iommu *iommu = (struct iommu *)device->iommu;

		if (group)
			((const struct device **)group->devices)[group->device_count++] = device;
		if (iommu)
			((const struct device **)iommu->devices)[iommu->device_count++] = device;
	}
}

static bool group_has_iommu(const struct group *group, const struct iommu *iommu)
{
	for (size_t i = 0; i < group->iommu_count; i++)
		if (group->iommus[i] == iommu)
			return true;
	return false;
}

static void link_iommus(struct build *build, struct group *group)
{
	const struct iommu **iommus =
		arena_array(build->arena, group->device_count, sizeof(*iommus));

	group->iommus = iommus;
	for (size_t i = 0; i < group->device_count; i++) {
		const struct iommu *iommu = group->devices[i]->iommu;

		if (iommu && !group_has_iommu(group, iommu))
			iommus[group->iommu_count++] = iommu;
	}
}

/* The devices of one bus within the sorted list. */
struct slice {
	struct device **devices;
	size_t count;
};

static struct slice next_slice(const struct build *build, size_t from)
{
	struct device **devices = (struct device **)build->devices.items + from;
	size_t count = 1;

	while (from + count < build->devices.count &&
	       strcmp(devices[count]->bus, devices[0]->bus) == 0)
		count++;
	return (struct slice){devices, count};
}

static int compare_names(const void *a, const void *b)
{
	return strcmp((*(struct device *const *)a)->name, (*(struct device *const *)b)->name);
}

static void label_shared_names(struct build *build, struct slice few, struct slice many)
{
	if (few.count > many.count) {
		label_shared_names(build, many, few);
		return;
	}
	for (size_t i = 0; i < few.count; i++) {
		struct device *one = few.devices[i];
		struct device **other = bsearch(&one, many.devices, many.count,
						sizeof(*many.devices), compare_names);

		if (!other)
			continue;
		one->label = arena_printf(build->arena, "%s:%s", one->bus, one->name);
		(*other)->label =
			arena_printf(build->arena, "%s:%s", (*other)->bus, (*other)->name);
	}
}

static void label_devices(struct build *build)
{
	for (size_t i = 0, j; i < build->devices.count; i = j) {
		struct slice slice = next_slice(build, i);

		j = i + slice.count;
		for (size_t k = j; k < build->devices.count;) {
			struct slice later = next_slice(build, k);

			label_shared_names(build, slice, later);
			k += later.count;
		}
	}
}

static enum device_dma dma_of(const struct device *device)
{
	const char *type = device->group ? device->group->type : NULL;

	if (!type)
		return DMA_UNKNOWN;
	if (strcmp(type, "DMA") == 0 || strcmp(type, "DMA-FQ") == 0)
		return DMA_TRANSLATED;
	if (strcmp(type, "identity") == 0)
		return DMA_IDENTITY;
	return strcmp(type, "blocked") == 0 ? DMA_BLOCKED : DMA_UNKNOWN;
}

static const struct source *seal_sources(struct build *build)
{
	struct source *sources = arena_array(build->arena, build->sources.count, sizeof(*sources));

	for (size_t i = 0; i < build->sources.count; i++)
		sources[i] = *(struct source *)build->sources.items[i];
	return sources;
}

const struct system *build_seal(struct build *build, unsigned facts)
{
	struct system *system = arena_alloc(build->arena, sizeof(*system));

	list_sort(&build->iommus, compare_iommus);
	list_sort(&build->groups, compare_groups);
	list_sort(&build->devices, compare_devices);
	label_devices(build);
	link_members(build);
	for (size_t i = 0; i < build->devices.count; i++) {
		struct device *device = build->devices.items[i];

		device->index = (uint32_t)i;
		device->dma = dma_of(device);
	}
	for (size_t i = 0; i < build->groups.count; i++) {
		struct group *group = build->groups.items[i];

		if (facts & FACT_IOMMUS)
			link_iommus(build, group);
		if (facts & FACT_FINGERPRINT)
			group->fingerprint = fingerprint_group(group, build->arena);
	}
	*system = (struct system){
		.arena = build->arena,
		.machine = build->machine,
		.sources = seal_sources(build),
		.source_count = build->sources.count,
		.iommus = seal_list(build, &build->iommus),
		.iommu_count = build->iommus.count,
		.groups = seal_list(build, &build->groups),
		.group_count = build->groups.count,
		.devices = seal_list(build, &build->devices),
		.device_count = build->devices.count,
	};
	build->arena = NULL;
	build_free(build);
	return system;
}
