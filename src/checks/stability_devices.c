/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of stability.h about devices: devices of two snapshots are paired by sysfs path, and
 * compared
 */
#include "checks/stability_parts.h"

#include "base/root.h"
#include "base/text.h"
#include "model/dma.h"
#include "model/location.h"
#include "model/pci.h"

#include <string.h>

/* The index of the first device whose path does not sort before @path. */
static size_t first_in_side(const struct side *side, const char *path)
{
	size_t low = 0, high = side->system->device_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(side->by_path[middle]->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Devices are sorted by path, so those below PATH ("PATH/…") follow each other. */
static void mark_below(struct side *side, const char *path)
{
	char prefix[PATH_SIZE];

	if (!text_join(path, "", prefix, sizeof(prefix)))
		return;
	for (size_t i = first_in_side(side, prefix);
	     i < side->system->device_count && text_starts(side->by_path[i]->path, prefix); i++)
		side->below[side->by_path[i]->index] = true;
}

struct side side_make(const struct system *system, const char *const *touched, size_t count)
{
	size_t devices = system->device_count;
	struct side side = {
		.system = system,
		.by_path = calloc(devices + 1, sizeof(*side.by_path)),
		.moved = calloc(devices + 1, sizeof(*side.moved)),
		.below = calloc(devices + 1, sizeof(*side.below)),
	};

	if (!side.by_path || !side.moved || !side.below)
		memory_exhausted();
	if (devices)
		memcpy(side.by_path, system->devices, devices * sizeof(*side.by_path));
	qsort(side.by_path, devices, sizeof(*side.by_path), device_compare_paths);
	for (size_t i = 0; i < count; i++) {
		const struct device *device = side_find(&side, touched[i]);

		if (device)
			side.moved[device->index] = true;
		mark_below(&side, touched[i]);
	}
	return side;
}

void side_free(struct side *side)
{
	free(side->by_path);
	free(side->moved);
	free(side->below);
}

static const struct device *find_by_location(const struct side *side, const char *path)
{
	const struct device *found = NULL;

	for (size_t i = 0; i < side->system->device_count; i++) {
		if (!location_same(side->system->devices[i]->path, path))
			continue;
		if (found)
			return NULL;
		found = side->system->devices[i];
	}
	return found;
}

const struct device *side_find(const struct side *side, const char *path)
{
	const struct device wanted = {.path = path}, *key = &wanted;
	const struct device **found = bsearch(&key, side->by_path, side->system->device_count,
					      sizeof(*side->by_path), device_compare_paths);

	if (!found && side->by_location)
		return find_by_location(side, path);
	return found ? *found : NULL;
}

bool side_touches(const struct side *side, const struct group *group)
{
	for (size_t i = 0; group && i < group->device_count; i++)
		if (side->moved[group->devices[i]->index] || side->below[group->devices[i]->index])
			return true;
	return false;
}

static bool shares_stream(const struct device *one, const struct device *other)
{
	for (size_t i = 0; i < one->stream_count; i++)
		for (size_t j = 0; j < other->stream_count; j++)
			if (streams_meet(&one->streams[i], &other->streams[j]))
				return true;
	return false;
}

/* True for functions of one slot: ".../0000:01:00.0" and ".../0000:01:00.1" */
static bool is_in_slot(const struct device *one, const struct device *other)
{
	const char *dot = strrchr(one->path, '.');
	size_t length = dot ? (size_t)(dot - one->path) + 1 : 0;

	return dot && !strchr(dot, '/') && strncmp(one->path, other->path, length) == 0 &&
	       !strchr(other->path + length, '/');
}

/*
 * Whether drivers/iommu/iommu.c: pci_device_group puts the device in this group: a member has its
 * DMA alias, is behind the same bridge without isolation, or is another function of its slot. On
 * other buses devices share a group because they share a stream.
 */
bool device_joins_rightly(const struct device *device, const struct group *group)
{
	bool pci = device_is_pci(device);

	for (size_t i = 0; i < group->device_count; i++) {
		const struct device *member = group->devices[i];

		if (member == device)
			continue;
		if (shares_stream(device, member))
			return true;
		if (pci && device_is_pci(member) &&
		    (text_is_below(device->path, member->path) || is_in_slot(device, member)))
			return true;
	}
	return false;
}

static const char *driver_word(const struct device *device)
{
	if (!device->driver_known)
		return "a driver that could not be read";
	return device->driver ? device->driver : "no driver";
}

/* True for a function that a moved device's driver made: it comes and goes with that driver. */
static bool is_function_of_moved(const struct comparison *comparison, const struct device *old)
{
	return comparison->before.below[old->index] && !device_is_independent(old);
}

static void compare_drivers(struct comparison *comparison, const struct device *old,
			    const struct device *new, bool touched)
{
	bool known = old->driver_known && new->driver_known;

	if (comparison->before.moved[old->index] || is_function_of_moved(comparison, old))
		return;
	if (known && (old->driver == new->driver ||
		      (old->driver && new->driver &&strcmp(old->driver, new->driver) == 0)))
		return;
	/*
	 * An unreadable driver is no change in an untouched group, but no proof in a touched one.
	 */
	if (!known && (!touched || old->driver_known == new->driver_known))
		return;
	change_of_device(comparison, CHANGE_DRIVER, touched, old,
			 "%s was not moved, but had %s and has %s now", old->label,
			 driver_word(old), driver_word(new));
}

/*
 * Before an IOMMU is registered it has the name in firmware, so another name does not mean another
 * IOMMU.
 */
static bool may_be_same_iommu(const struct stream *old, const struct stream *new)
{
	return !old->iommu || !new->iommu ||
	       strcmp(old->iommu->identity, new->iommu->identity) == 0;
}

static bool same_streams(const struct device *old, const struct device *new)
{
	if (old->stream_count != new->stream_count)
		return false;
	for (size_t i = 0; i < old->stream_count; i++) {
		const struct stream *one = &old->streams[i], *other = &new->streams[i];

		if (one->kind != other->kind || one->id != other->id || one->mask != other->mask ||
		    one->count != other->count || !may_be_same_iommu(one, other))
			return false;
	}
	return true;
}

/* Requester IDs change with the number of the bus. */
static bool has_moved(struct comparison *comparison, const struct device *old,
		      const struct device *new)
{
	if (!comparison->after.by_location || strcmp(old->path, new->path) == 0)
		return false;
	change_of_device(comparison, CHANGE_ADDRESS, false, old, "%s is %s now", old->label,
			 new->label);
	return true;
}

static void report_changed_streams(struct comparison *comparison, const struct device *old,
				   const struct device *new, bool touched)
{
	/* Without root both snapshots may lack streams: there is nothing to compare. */
	if (!comparison->before.system->stream_count || !comparison->after.system->stream_count)
		return;
	if (!same_streams(old, new))
		change_of_device(comparison, CHANGE_STREAMS, touched, old,
				 "the streams of %s have changed", old->label);
}

/* True for a device of a bus without IOMMUs: it is listed only while other devices wait for it. */
static bool is_passing(const struct device *device)
{
	return device->adopted && !device->group;
}

static void find_gone(struct comparison *comparison, const struct device *old)
{
	const struct side *before = &comparison->before;
	bool ours = before->moved[old->index] || before->below[old->index];

	if (!is_passing(old) && !is_function_of_moved(comparison, old) &&
	    !comparison_is_function(comparison, old))
		change_of_device(comparison, CHANGE_DEVICE_GONE,
				 ours || side_touches(before, old->group), old, "%s is gone",
				 old->label);
}

static void find_come(struct comparison *comparison, const struct device *new)
{
	if (!is_passing(new) && !side_find(&comparison->before, new->path) &&
	    !comparison_is_function(comparison, new))
		change_of_device(comparison, CHANGE_DEVICE_CAME, false, new, "%s is new",
				 new->label);
}

void compare_devices(struct comparison *comparison)
{
	const struct system *before = comparison->before.system, *after = comparison->after.system;

	for (size_t i = 0; i < before->device_count; i++) {
		const struct device *old = before->devices[i];
		const struct device *new = side_find(&comparison->after, old->path);
		bool touched;

		if (!new) {
			find_gone(comparison, old);
			continue;
		}
		/* A function that was made again is a new device. */
		if (comparison_is_function(comparison, old))
			continue;
		touched = comparison->before.below[old->index] ||
			  side_touches(&comparison->before, old->group) ||
			  side_touches(&comparison->after, new->group);
		compare_drivers(comparison, old, new, touched);
		if (!has_moved(comparison, old, new))
			report_changed_streams(comparison, old, new,
					       touched || comparison->before.moved[old->index]);
	}
	for (size_t i = 0; i < after->device_count; i++)
		find_come(comparison, after->devices[i]);
}
