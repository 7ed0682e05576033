/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "model/build_parts.h"
#include "model/dma.h"
#include "model/entries_used.h"
#include "model/fault_index.h"
#include "model/fingerprint.h"
#include "model/nameless.h"
#include "model/registration.h"
#include "model/stream_index.h"
#include "model/supply.h"
#include "model/vfio_driver.h"

#include <assert.h>
#include <string.h>

static int compare_iommu_names(const void *a, const void *b)
{
	return text_natural((*(struct iommu *const *)a)->name, (*(struct iommu *const *)b)->name);
}

static int compare_devices(const void *a, const void *b)
{
	const struct device *left = *(struct device *const *)a, *right = *(struct device *const *)b;
	int order = left->bus == right->bus ? 0 : strcmp(left->bus, right->bus);

	/* Numbers in device names are hexadecimal, so decimal natural order would be wrong. */
	return order ? order : strcmp(left->name, right->name);
}

void build_sort_devices(struct build *build)
{
	list_sort(&build->devices, compare_devices);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp((*(struct device *const *)a)->path, (*(struct device *const *)b)->path);
}

/* A copy of the list's pointers, owned by the system. */
static void *seal_list(struct build *build, const struct list *list)
{
	void **sealed = arena_array(build->arena, list->count + 1, sizeof(*sealed));

	if (list->count)
		memcpy(sealed, list->items, list->count * sizeof(*sealed));
	return sealed;
}

/* Set each object's index, by which its mutable part is found. */
static void number_parts(struct build *build)
{
	for (size_t i = 0; i < build->iommus.count; i++)
		build_iommu_at(build, i)->index = (uint32_t)i;
	for (size_t i = 0; i < build->devices.count; i++)
		build_device_at(build, i)->index = (uint32_t)i;
}

static struct iommu *iommu_of(const struct build *build, const struct device *device)
{
	return device->iommu ? build_iommu_at(build, device->iommu->index) : NULL;
}

static void count_member(struct group *group, const struct device *device)
{
	group->device_count++;
	group->vfio_count += driver_is_vfio(device);
}

static void count_members(struct build *build)
{
	for (size_t i = 0; i < build->devices.count; i++) {
		const struct device *device = build_device_at(build, i);
		struct iommu *iommu = iommu_of(build, device);

		if (device->group)
			count_member(build_find_group(build, device->group->id), device);
		if (iommu)
			iommu->device_count++;
	}
}

/* Link groups and devices. The devices are sorted, so the members of each group are sorted too. */
static void link_groups(struct build *build)
{
	const struct device **members =
		arena_array(build->arena, build->devices.count, sizeof(*members));
	size_t *next = arena_array(build->arena, build->by_id.count + 1, sizeof(*next));
	size_t used = 0;

	for (size_t i = 0; i < build->groups.count; i++) {
		struct group *group = build_group_at(build, i);

		group->devices = members + used;
		next[group->id] = used;
		used += group->device_count;
	}
	for (size_t i = 0; i < build->devices.count; i++) {
		const struct device *device = build_device_at(build, i);

		if (device->group)
			members[next[device->group->id]++] = device;
	}
}

static void link_served(struct build *build)
{
	const struct device **served =
		arena_array(build->arena, build->devices.count, sizeof(*served));
	size_t *next = arena_array(build->arena, build->iommus.count + 1, sizeof(*next));
	size_t used = 0;

	for (size_t i = 0; i < build->iommus.count; i++) {
		struct iommu *iommu = build_iommu_at(build, i);

		iommu->devices = served + used;
		next[i] = used;
		used += iommu->device_count;
	}
	for (size_t i = 0; i < build->devices.count; i++) {
		const struct device *device = build_device_at(build, i);

		if (device->iommu)
			served[next[device->iommu->index]++] = device;
	}
}

static void link_members(struct build *build)
{
	count_members(build);
	link_groups(build);
	link_served(build);
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

		if (!iommu || group_has_iommu(group, iommu))
			continue;
		iommus[group->iommu_count++] = iommu;
		build_iommu_at(build, iommu->index)->group_count++;
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

static int compare_device_names(const void *a, const void *b)
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
						sizeof(*many.devices), compare_device_names);

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

/*
 * Set the kind of streams' IOMMUs: the kind of a registered IOMMU is more certain than the kind in
 * firmware.
 */
static void set_iommu_kinds(struct build *build)
{
	for (size_t i = 0; i < build->streams.count; i++) {
		struct stream *stream = build->streams.items[i];

		if (stream->iommu)
			stream->iommu_kind = stream->iommu->kind;
	}
}

static uint32_t place_of(const struct stream *stream)
{
	return stream->device ? stream->device->index + 1 : 0;
}

/* Sort streams by device; streams of the same device keep the order in which they were added. */
static struct stream *seal_streams(struct build *build)
{
	struct stream *sealed = arena_array(build->arena, build->streams.count, sizeof(*sealed));
	size_t *next = arena_array(build->arena, build->devices.count + 2, sizeof(*next));

	for (size_t i = 0; i < build->devices.count; i++)
		build_device_at(build, i)->stream_count = 0;
	for (size_t i = 0; i < build->streams.count; i++)
		next[place_of(build->streams.items[i]) + 1]++;
	for (size_t i = 1; i < build->devices.count + 2; i++)
		next[i] += next[i - 1];
	for (size_t i = 0; i < build->streams.count; i++) {
		const struct stream *stream = build->streams.items[i];
		struct stream *place = &sealed[next[place_of(stream)]++];
		struct device *device = build->stream_owners.items[i];

		*place = *stream;
		if (!device)
			continue;
		place->device_name = device->label;
		if (!device->stream_count++)
			device->streams = place;
	}
	return sealed;
}

static const struct source *seal_sources(struct build *build)
{
	struct source *sources = arena_array(build->arena, build->sources.count, sizeof(*sources));

	for (size_t i = 0; i < build->sources.count; i++)
		sources[i] = *(struct source *)build->sources.items[i];
	return sources;
}

static const struct driver *seal_drivers(struct build *build)
{
	struct driver *drivers = arena_array(build->arena, build->drivers.count, sizeof(*drivers));

	for (size_t i = 0; i < build->drivers.count; i++)
		drivers[i] = *(struct driver *)build->drivers.items[i];
	return drivers;
}

/* Invariants that all users of a system rely on. A violation is a bug of a source. */
static void assert_sealable(const struct build *build)
{
	for (size_t i = 0; i < build->devices.count; i++) {
		const struct device *device = build_device_at(build, i);

		assert(device->name && device->bus && device->path);
		assert(!device->driver || device->driver_known);
		assert(!device->group ||
		       build_find_group(build, device->group->id) == device->group);
		assert(!device->iommu ||
		       build_iommu_at(build, device->iommu->index) == device->iommu);
	}
	for (size_t i = 0; i < build->streams.count; i++) {
		const struct stream *stream = build->streams.items[i];

		assert(stream->device == build->stream_owners.items[i]);
		assert(stream->id >= -1);
	}
}

static void settle_states(struct build *build)
{
	for (size_t i = 0; i < build->devices.count; i++) {
		struct device *device = build->devices.items[i];

		device->state = device_state_of(device);
	}
}

static void settle_groups(struct build *build, unsigned facts)
{
	for (size_t i = 0; i < build->groups.count; i++) {
		struct group *group = build->groups.items[i];

		if (facts & FACT_IOMMUS)
			link_iommus(build, group);
		group->members_unknown = build->members_unknown;
		if (facts & FACT_FINGERPRINT && !group->members_unknown)
			group->fingerprint = fingerprint_group(group, build->arena);
	}
}

/* Sort the parts, link them to each other, and conclude from one what is true of another. */
static void link_parts(struct build *build, unsigned facts)
{
	list_sort(&build->iommus, compare_iommu_names);
	list_sort(&build->groups, compare_groups);
	build_sort_devices(build);
	number_parts(build);
	label_devices(build);
	link_members(build);
	assert_sealable(build);
	set_iommu_kinds(build);
	if (facts & FACT_STREAMS)
		registration_find_failed(build);
	if (facts & FACT_SUPPLIERS)
		settle_states(build);
	settle_groups(build, facts);
}

static const struct device **seal_by_path(struct build *build)
{
	const struct device **by_path = seal_list(build, &build->devices);

	if (build->devices.count)
		qsort(by_path, build->devices.count, sizeof(*by_path), compare_paths);
	return by_path;
}

/* The streams, and which of them a fault has shown. */
static const struct stream *seal_observed_streams(struct build *build)
{
	struct stream *streams = seal_streams(build);

	faults_observe(seal_list(build, &build->faults), build->faults.count, streams,
		       build->streams.count);
	return streams;
}

static struct system *seal_parts(struct build *build)
{
	struct system *system = arena_alloc(build->arena, sizeof(*system));

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
		.by_path = seal_by_path(build),
		.device_count = build->devices.count,
		.streams = seal_observed_streams(build),
		.stream_count = build->streams.count,
		.reservations = seal_list(build, &build->reservations),
		.reservation_count = build->reservations.count,
		.table_notes = seal_list(build, &build->table_notes),
		.table_note_count = build->table_notes.count,
		.remarks = build_sorted_remarks(build),
		.remark_count = build->remarks.count,
		.faults = seal_list(build, &build->faults),
		.fault_count = build->faults.count,
		.drivers = seal_drivers(build),
		.driver_count = build->drivers.count,
	};
	return system;
}

/* The log is the only source for the state of an IOMMU whose device is not known. */
static void find_failed_nameless(struct build *build, const struct system *system)
{
	for (size_t i = 0; i < build->iommus.count; i++) {
		struct iommu *iommu = build_iommu_at(build, i);

		if (iommu->unregistered && iommu->state == IOMMU_UNKNOWN && !iommu->device &&
		    !iommu->firmware_node && nameless_failed_probe(system, iommu->name))
			iommu->state = IOMMU_FAILED;
	}
}

const struct system *build_seal(struct build *build, unsigned facts)
{
	struct system *system;

	link_parts(build, facts);
	system = seal_parts(build);
	find_failed_nameless(build, system);
	system->stream_index =
		stream_index_new(system->streams, system->stream_count, build->arena);
	entries_used_count(build, system);
	for (size_t i = 0; i < system->device_count; i++)
		build_device_at(build, i)->dma = device_dma(system, system->devices[i], facts);
	build->arena = NULL;
	build_free(build);
	return system;
}
