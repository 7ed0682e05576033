/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sys/kernel/debug/devices_deferred: devices whose probe waits for a retry. It does not list
 * devices that no driver matches, whose manual bind was deferred, or whose probe was given up.
 */
#include "sources/deferral/adopt.h"
#include "sources/deferral/deferred_list.h"
#include "sources/sources.h"

#include <stdio.h>
#include <string.h>

static const char PATH[] = "/sys/kernel/debug/devices_deferred";
enum { LIST_MAX = 4 * 1024 * 1024 };

static bool is_driverless(const struct device *device)
{
	return device->driver_known && !device->driver;
}

static void mark_devices(struct build *build, struct deferred_list *list)
{
	for (size_t i = 0; i < build_device_count(build); i++) {
		struct device *device = build_device_at(build, i);
		struct deferred_entry *entry;

		if (!is_driverless(device))
			continue;
		entry = deferred_list_find(list, device->name);
		device->state = entry ? DEVICE_DEFERRED : DEVICE_UNBOUND;
		if (entry)
			entry->matches++;
	}
}

/*
 * Devices on several buses may have the same name: if more have it than the list contains, it is
 * unknown which of them are deferred.
 */
static const char *doubt_ambiguous(struct build *build, struct deferred_list *list)
{
	const char *ambiguous = NULL;

	for (size_t i = 0; i < build_device_count(build); i++) {
		struct device *device = build_device_at(build, i);
		const struct deferred_entry *entry;

		if (device->state != DEVICE_DEFERRED)
			continue;
		entry = deferred_list_find(list, device->name);
		if (entry->matches <= entry->times)
			continue;
		device->state = DEVICE_UNKNOWN;
		ambiguous = device->name;
	}
	return ambiguous;
}

struct stranger {
	struct reading *reading;
	const char *name;
	bool found;
};

static int adopt_from_bus(void *context, const char *bus)
{
	struct stranger *stranger = context;

	if (adopt_named(stranger->reading, bus, stranger->name))
		stranger->found = true;
	return 0;
}

/*
 * Adopt devices for names that no known device has: they are on buses without IOMMUs. Returns a
 * name that no device has, or NULL.
 */
static const char *adopt_strangers(struct reading *reading, const struct deferred_list *list)
{
	enum { STRANGERS_MAX = 1000 };
	const char *nobody = NULL;
	size_t adopted = 0;

	for (size_t i = 0; i < list->count && adopted < STRANGERS_MAX; i++) {
		struct stranger stranger = {reading, list->entries[i].name, false};

		if (list->entries[i].matches)
			continue;
		root_list(reading->root, "/sys/bus", adopt_from_bus, &stranger);
		if (!stranger.found)
			nobody = stranger.name;
		adopted++;
	}
	return nobody;
}

/* The text in devices_deferred that ends with the name of an unknown device, or NULL. */
static const char *find_unplaced(const struct deferred_list *list)
{
	for (size_t i = 0; i < list->torn_count; i++)
		if (!list->torn[i].matches)
			return list->torn[i].name;
	return NULL;
}

static void forget_matches(struct deferred_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		list->entries[i].matches = 0;
	for (size_t i = 0; i < list->torn_count; i++)
		list->torn[i].matches = 0;
}

/* Suppliers may be any devices that wait. A reading of some devices has none that wait. */
static bool adopts(const struct reading *reading)
{
	return reading_wants(reading, FACT_SUPPLIERS) && !reading->scope;
}

static bool any_is_driverless(const struct build *build)
{
	for (size_t i = 0; i < build_device_count(build); i++)
		if (is_driverless(build_device_at(build, i)))
			return true;
	return false;
}

static void apply_list(struct reading *reading, struct deferred_list *list)
{
	const char *ambiguous, *nobody = NULL, *unplaced = NULL;

	mark_devices(reading->build, list);
	/* All names are needed to tell which device a torn text ends with. */
	if (reading->scope && list->torn_count && any_is_driverless(reading->build))
		reading->exceeds_scope = true;
	if (adopts(reading)) {
		nobody = adopt_strangers(reading, list);
		forget_matches(list);
		mark_devices(reading->build, list);
		unplaced = find_unplaced(list);
	}
	ambiguous = doubt_ambiguous(reading->build, list);
	if (ambiguous)
		build_source(reading->build, "devices_deferred", SOURCE_PARTIAL,
			     "%s: two devices are called %.100s, and the list names no bus", PATH,
			     ambiguous);
	else if (nobody)
		build_source(reading->build, "devices_deferred", SOURCE_PARTIAL,
			     "%s: no bus has a device called \"%.100s\"", PATH, nobody);
	else if (unplaced)
		build_source(reading->build, "devices_deferred", SOURCE_PARTIAL,
			     "%s: which device is meant at the end of \"%.200s\"", PATH, unplaced);
	else
		reading_done(reading, "devices_deferred");
}

/* The devices that the log says were deferred at the deferred probe timeout, as a list. */
static struct deferred_list pending_in_log(const struct build *build, struct arena *arena)
{
	_autofree_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		memory_exhausted();
	for (size_t i = 0; i < build_remark_count(build); i++) {
		const struct remark *remark = build_remark_at(build, i);

		if (remark->kind == REMARK_PENDING && remark->device)
			fprintf(out, "%s\t\n", remark->device);
	}
	if (fclose(out) != 0)
		memory_exhausted();
	return deferred_list_parse(arena_strdup(arena, text), arena);
}

/*
 * Without the list, the log names devices that were deferred: those on buses without IOMMUs are
 * adopted, as those of the list are.
 */
static void adopt_pending(struct reading *reading)
{
	struct deferred_list list = pending_in_log(reading->build, build_arena(reading->build));

	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct deferred_entry *entry =
			deferred_list_find(&list, build_device_at(reading->build, i)->name);

		if (entry)
			entry->matches++;
	}
	adopt_strangers(reading, &list);
}

int source_devices_deferred(struct reading *reading, struct error *e)
{
	struct arena *arena = build_arena(reading->build);
	struct deferred_list *list;
	size_t length;
	char *text;
	int result;

	if (!reading_wants(reading, FACT_DEFERRAL)) {
		build_source(reading->build, "devices_deferred", SOURCE_SKIPPED, NULL);
		return 0;
	}
	result = root_read_all(reading->root, arena, PATH, LIST_MAX, &text, &length);
	if (result < 0) {
		reading_failed(reading, "devices_deferred", result, PATH);
		if (adopts(reading))
			adopt_pending(reading);
		return 0;
	}
	list = arena_alloc(arena, sizeof(*list));
	*list = deferred_list_parse(text, arena);
	reading->deferred = list;
	apply_list(reading, list);
	return 0;
}
