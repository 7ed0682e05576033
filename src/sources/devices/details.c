/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rest of what identifies devices: modalias, and of PCI devices revision, reset methods and
 * the links between physical and virtual functions (drivers/pci/pci-sysfs.c, drivers/pci/iov.c).
 * None of these files takes a lock or wakes a device.
 */
#include "model/details.h"
#include "base/text.h"
#include "model/pci.h"
#include "sources/sources.h"

#include <stdio.h>

static const char *read_detail(const struct reading *reading, const struct device *device,
			       const char *name)
{
	char text[ATTRIBUTE_MAX];

	if (root_readf_text(reading->root, text, sizeof(text), "%s/%s", device->path, name) < 0)
		return NULL;
	return arena_strdup(build_arena(reading->build), text);
}

static const char *path_of_link(const struct reading *reading, const struct device *device,
				const char *name)
{
	char target[PATH_SIZE];

	if (root_follow(reading->root, device->path, name, target) <= 0)
		return NULL;
	return arena_strdup(build_arena(reading->build), target);
}

/* The links virtfnN are numbered without gaps. */
static void follow_virtual_functions(const struct reading *reading, const struct device *device,
				     struct details *details)
{
	enum { FUNCTIONS_MAX = 1 << 16 };
	const char **functions = NULL, *path;
	size_t count = 0, room = 0;
	char name[32];

	while (count < FUNCTIONS_MAX) {
		snprintf(name, sizeof(name), "virtfn%zu", count);
		path = path_of_link(reading, device, name);
		if (!path)
			break;
		functions = arena_grow(build_arena(reading->build), functions, count, &room,
				       sizeof(*functions));
		functions[count++] = path;
	}
	details->virtual_functions = functions;
	details->virtual_function_count = count;
}

static int read_revision(const struct reading *reading, const struct device *device)
{
	const char *text = read_detail(reading, device, "revision");
	uint64_t number;

	return text && text_number(text, 16, &number) && number <= 0xff ? (int)number : -1;
}

static const struct details *read_details(const struct reading *reading,
					  const struct device *device)
{
	struct details *details = arena_alloc(build_arena(reading->build), sizeof(*details));

	details->revision = -1;
	details->modalias = read_detail(reading, device, "modalias");
	if (!device_is_pci(device))
		return details;
	details->revision = read_revision(reading, device);
	details->reset_methods = read_detail(reading, device, "reset_method");
	details->physical_function = path_of_link(reading, device, "physfn");
	follow_virtual_functions(reading, device, details);
	return details;
}

int source_details(struct reading *reading, struct error *e)
{
	if (!reading_wants(reading, FACT_DETAILS)) {
		build_source(reading->build, "details", SOURCE_SKIPPED, NULL);
		return 0;
	}
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);

		device->details = read_details(reading, device);
	}
	reading_done(reading, "details");
	return 0;
}
