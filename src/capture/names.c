/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/names.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int compare_pci_ids(const void *a, const void *b)
{
	const struct device *left = *(const struct device *const *)a;
	const struct device *right = *(const struct device *const *)b;

	if (left->vendor_id != right->vendor_id)
		return left->vendor_id < right->vendor_id ? -1 : 1;
	return left->device_id < right->device_id ? -1 : left->device_id > right->device_id;
}

static bool has_name(const struct device *device)
{
	return device->vendor_id >= 0 && (device->vendor_name || device->device_name);
}

static void write_lines(FILE *out, const struct device *const *sorted, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct device *device = sorted[i];

		if (!has_name(device) || (i && compare_pci_ids(&sorted[i - 1], &sorted[i]) == 0))
			continue;
		fprintf(out, "%04x:%04x\t%s\t%s\n", (unsigned)device->vendor_id,
			(unsigned)device->device_id, device->vendor_name ? device->vendor_name : "",
			device->device_name ? device->device_name : "");
	}
}

static char *format_lines(const struct system *system, size_t *ret_length)
{
	_autofree_ const struct device **sorted = calloc(system->device_count + 1, sizeof(*sorted));
	char *lines = NULL;
	FILE *out = open_memstream(&lines, ret_length);

	if (!sorted || !out)
		memory_exhausted();
	if (system->device_count)
		memcpy(sorted, system->devices, system->device_count * sizeof(*sorted));
	qsort(sorted, system->device_count, sizeof(*sorted), compare_pci_ids);
	write_lines(out, sorted, system->device_count);
	if (fclose(out) != 0)
		memory_exhausted();
	return lines;
}

/* The state of the hardware database; 0 where it was read. */
static int state_of_database(const struct system *system)
{
	for (size_t i = 0; i < system->source_count; i++) {
		const struct source *source = &system->sources[i];

		if (strcmp(source->name, "hwdb") != 0)
			continue;
		if (source->state == SOURCE_READ)
			return 0;
		if (source->state != SOURCE_ABSENT)
			return source->state == SOURCE_DENIED ? -EACCES : -EIO;
	}
	return -ENOENT;
}

int names_lines(const struct system *system, struct arena *arena, const char **ret_lines)
{
	_autofree_ char *lines = NULL;
	size_t length;
	int result = state_of_database(system);

	if (result < 0)
		return result;
	lines = format_lines(system, &length);
	*ret_lines = arena_text(arena, lines, length);
	return 0;
}
