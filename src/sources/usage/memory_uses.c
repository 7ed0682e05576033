/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of a device that the machine uses as its own: CXL memory in a region, and dax devices
 * below the device or in that region whose memory the kernel has taken in.
 */
#include "base/text.h"
#include "base/text_map.h"
#include "model/pci.h"
#include "sources/usage/below.h"

#include <stdio.h>
#include <string.h>

static const char DAX_DEVICES[] = "/sys/bus/dax/devices";

/*
 * The dax devices whose memory /proc/iomem calls the machine's: the number of each name is 1.
 * @result: 0, or why the file could not be read
 */
struct memory_map {
	struct text_map *taken_in;
	int result;
};

/* The CXL region that a decoder of @device leads to. @next: index plus 1 of the next of its path */
struct decoded {
	struct device *device;
	size_t next;
};

/*
 * One walk over all decoders, and then one over all dax devices, for all devices in focus.
 * @regions, @by_path: the regions found by the first of them
 */
struct search {
	struct reading *reading;
	struct arena *scratch;
	struct decoded *regions;
	size_t region_count, region_room;
	struct text_map *by_path;
	struct memory_map map;
};

/*
 * Where the kernel could not take memory out again, it stays the machine's until the next boot,
 * although the dax device has lost its driver kmem (drivers/dax/kmem.c: dev_dax_kmem_remove). Lines
 * below a claim are nested: "108000000-11fffffff : dax0.0" and "  108000000-… : System RAM (kmem)".
 */
static struct memory_map read_memory_map(const struct root *root, struct arena *arena)
{
	enum { IOMEM_MAX = 4 * 1024 * 1024 };
	struct memory_map map = {.taken_in = text_map_new(arena)};
	const char *dax = NULL;
	char *lines = NULL, *line;
	size_t length, depth = 0;

	map.result = root_read_all(root, arena, "/proc/iomem", IOMEM_MAX, &lines, &length);
	while (map.result == 0 && (line = strsep(&lines, "\n"))) {
		const char *name = strstr(line, " : ");
		size_t blanks = strspn(line, " ");

		if (dax && blanks <= depth)
			dax = NULL;
		if (!name)
			continue;
		if (dax && text_starts(name + 3, "System RAM"))
			*text_map_at(map.taken_in, dax) = 1;
		if (text_starts(name + 3, "dax")) {
			dax = name + 3;
			depth = blanks;
		}
	}
	return map;
}

static void add_memory_use(const struct search *search, struct device *device, const char *node,
			   const char *user, const char *evidence)
{
	struct arena *arena = build_arena(search->reading->build);

	build_use(search->reading->build, device,
		  (struct use){USE_MEMORY, arena_strdup(arena, node), arena_strdup(arena, user),
			       evidence});
}

/* drivers/dax/kmem.c adds the memory to the machine's, so that the device cannot be unplugged. */
static void use_kernel_memory(const struct search *search, struct device *device, const char *path)
{
	add_memory_use(search, device, text_basename(path), "the memory of the machine",
		       arena_concat(build_arena(search->reading->build), path, "/driver", ""));
}

static bool is_kernel_memory(const struct search *search, const char *path)
{
	char driver[PATH_SIZE];

	return root_follow(search->reading->root, path, "driver", driver) > 0 &&
	       strcmp(text_basename(driver), "kmem") == 0;
}

/* A dax device without the driver kmem. */
static void look_at_memory_left(struct search *search, struct device *device, const char *name)
{
	if (!search->map.taken_in)
		search->map = read_memory_map(search->reading->root, search->scratch);
	if (search->map.result < 0)
		build_unread_use(search->reading->build, device, USE_MEMORY, "/proc/iomem",
				 search->map.result);
	else if (text_map_find(search->map.taken_in, name))
		add_memory_use(search, device, name,
			       "the memory of the machine until it is booted again", "/proc/iomem");
}

/* A dax device of a region. One below a device itself is among below->bound. */
static void use_memory_of_region(struct search *search, struct device *device, const char *name,
				 const char *path)
{
	if (is_kernel_memory(search, path))
		use_kernel_memory(search, device, path);
	else
		look_at_memory_left(search, device, name);
}

/* Add the dax device to the devices that have a decoder of a region above it. */
static void use_by_regions(struct search *search, const char *name, const char *target)
{
	char above[PATH_SIZE];
	char *slash;

	snprintf(above, sizeof(above), "%s", target);
	while ((slash = strrchr(above, '/'))) {
		*slash = '\0';
		for (size_t number = text_map_find(search->by_path, above); number;
		     number = search->regions[number - 1].next)
			use_memory_of_region(search, search->regions[number - 1].device, name,
					     target);
	}
}

static int look_at_dax(void *context, const char *name, const char *target)
{
	struct search *search = context;
	struct device *device = NULL;
	bool kernel_has_it = is_kernel_memory(search, target);

	while (!kernel_has_it && (device = below_owner(search->reading, target, device)))
		look_at_memory_left(search, device, name);
	use_by_regions(search, name, target);
	return 0;
}

/* drivers/cxl/core/region.c: commit_show. A region that is not committed decodes nothing. */
static bool is_committed(const struct search *search, const char *region)
{
	char text[ATTRIBUTE_MAX];

	return root_readf_text(search->reading->root, text, sizeof(text), "%s/commit", region) <=
		       0 ||
	       strcmp(text, "0") != 0;
}

static void add_region(struct search *search, struct device *device, const char *path)
{
	size_t *number = text_map_at(search->by_path, path);

	search->regions = arena_grow(search->scratch, search->regions, search->region_count,
				     &search->region_room, sizeof(*search->regions));
	search->regions[search->region_count++] = (struct decoded){device, *number};
	*number = search->region_count;
}

/* PCI_CLASS_MEMORY_CXL, or the driver of such devices: drivers/cxl/pci.c */
static bool is_cxl_memory(const struct device *device)
{
	enum { MEMORY_CXL = 0x0502 };

	return device_class(device) == MEMORY_CXL ||
	       (device->driver && strcmp(device->driver, "cxl_pci") == 0);
}

/* The CXL device in focus that the decoder is below; NULL for a decoder of another. */
static struct device *decoding_device(const struct search *search, const char *decoder)
{
	struct device *device = NULL;

	while ((device = below_owner(search->reading, decoder, device)))
		if (is_cxl_memory(device))
			return device;
	return NULL;
}

/* drivers/cxl/core/port.c: the attribute region of a decoder names the region, or is empty. */
static int look_at_decoder(void *context, const char *name, const char *target)
{
	struct search *search = context;
	struct arena *arena = build_arena(search->reading->build);
	char region[ATTRIBUTE_MAX], path[PATH_SIZE];
	struct device *device =
		text_starts(name, "decoder") ? decoding_device(search, target) : NULL;

	if (!device || root_readf_text(search->reading->root, region, sizeof(region), "%s/region",
				       target) <= 0)
		return 0;
	if (root_follow(search->reading->root, "/sys/bus/cxl/devices", region, path) <= 0 ||
	    !is_committed(search, path))
		return 0;
	add_memory_use(search, device, name, region, arena_concat(arena, target, "/region", ""));
	add_region(search, device, path);
	return 0;
}

/* True where a driver of dax devices, or of what they are made from, is below the device. */
static bool may_have_dax(const struct below *below)
{
	for (size_t i = 0; i < below->bound_count; i++)
		if (strcmp(below->bound[i].driver, "dax_pmem") == 0 ||
		    strcmp(below->bound[i].driver, "device_dax") == 0 ||
		    strcmp(below->bound[i].driver, "kmem") == 0)
			return true;
	return false;
}

static bool below_is_cxl(const struct below *below)
{
	return is_cxl_memory(below->device);
}

/* List a folder of the bus once if any device in focus may be concerned; a failure is theirs. */
static void list_once(struct search *search, const char *folder,
		      int (*each)(void *context, const char *name, const char *target),
		      bool (*concerns)(const struct below *below))
{
	const struct reading *reading = search->reading;
	bool any = false;
	int result;

	for (size_t i = 0; i < reading->below_count; i++)
		any = any || (reading->below[i].device && concerns(&reading->below[i]));
	if (!any)
		return;
	result = root_list_links(reading->root, folder, each, search);
	for (size_t i = 0; i < reading->below_count && result < 0; i++)
		if (!root_is_absence(result) && reading->below[i].device &&
		    concerns(&reading->below[i]))
			build_unread_use(reading->build, reading->below[i].device, USE_MEMORY,
					 folder, result);
}

static bool may_have_memory(const struct below *below)
{
	return may_have_dax(below) || below_is_cxl(below);
}

int source_memory_uses(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct search search = {
		.reading = reading, .scratch = scratch, .by_path = text_map_new(scratch)};

	for (size_t i = 0; i < reading->below_count; i++) {
		const struct below *below = &reading->below[i];

		for (size_t bound = 0; below->device && bound < below->bound_count; bound++)
			if (strcmp(below->bound[bound].driver, "kmem") == 0)
				use_kernel_memory(&search, below->device, below->bound[bound].path);
	}
	list_once(&search, "/sys/bus/cxl/devices", look_at_decoder, below_is_cxl);
	list_once(&search, DAX_DEVICES, look_at_dax, may_have_memory);
	return 0;
}
