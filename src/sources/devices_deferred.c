/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sys/kernel/debug/devices_deferred: devices whose probe waits to be retried
 * (drivers/base/dd.c: deferred_devs_show). Lines are "NAME<TAB>reason", but a reason may lack its
 * newline or have several, so only a name that is a driverless device of ours counts.
 */
#include "base/text.h"
#include "sources/sources.h"

#include <errno.h>
#include <string.h>

static const char PATH[] = "/sys/kernel/debug/devices_deferred";
enum { LIST_MAX = 4 * 1024 * 1024 };

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Split the list into the names at the starts of its lines, sorted. */
static size_t parse_names(char *text, const char **names)
{
	size_t count = 0;
	char *save;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		line[strcspn(line, "\t")] = '\0';
		names[count++] = line;
	}
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	return count;
}

static void mark_devices(struct build *build, const char **names, size_t count)
{
	for (size_t i = 0; i < build_device_count(build); i++) {
		struct device *device = build_device_at(build, i);
		bool listed = count &&
			      bsearch(&device->name, names, count, sizeof(*names), compare_names);

		if (device->driver_known && !device->driver)
			device->state = listed ? DEVICE_DEFERRED : DEVICE_UNBOUND;
	}
}

int source_devices_deferred(struct reading *reading, struct error *e)
{
	struct arena *arena = build_arena(reading->build);
	size_t length, lines = 1;
	const char **names;
	char *text;
	int result;

	if (!reading_wants(reading, FACT_DEFERRAL)) {
		build_source(reading->build, "devices_deferred", SOURCE_SKIPPED, NULL);
		return 0;
	}
	result = root_read_all(reading->root, arena, PATH, LIST_MAX, &text, &length);
	if (result < 0) {
		build_source_errno(reading->build, "devices_deferred", result, PATH);
		return 0;
	}
	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	names = arena_array(arena, lines, sizeof(*names));
	mark_devices(reading->build, names, parse_names(text, names));
	build_source(reading->build, "devices_deferred", SOURCE_READ, NULL);
	return 0;
}
