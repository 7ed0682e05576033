/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of a device that the machine uses as its own: CXL memory in a region, and dax devices
 * below the device or in that region whose memory the kernel has taken in.
 */
#include "base/text.h"
#include "base/text_map.h"
#include "model/pci.h"
#include "sources/usage/below.h"

#include <errno.h>
#include <string.h>

static const char DAX_DEVICES[] = "/sys/bus/dax/devices";

/*
 * The state of a search through the decoders of a CXL device, and then the dax devices of a region.
 */
struct search {
	struct reading *reading;
	const struct below *below;
	const char *region_path;
	const struct memory_map *map;
};

/*
 * The dax devices whose memory /proc/iomem calls the machine's: the number of each name is 1.
 * @result: 0, or why the file could not be read
 */
struct memory_map {
	struct text_map *taken_in;
	int result;
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

static void add_memory_use(const struct search *search, const char *node, const char *user,
			   const char *evidence)
{
	struct arena *arena = build_arena(search->reading->build);

	build_use(search->reading->build, search->below->device,
		  (struct use){USE_MEMORY, arena_strdup(arena, node), arena_strdup(arena, user),
			       evidence});
}

/* drivers/dax/kmem.c adds the memory to the machine's, so that the device cannot be unplugged. */
static void use_kernel_memory(const struct search *search, const char *path)
{
	add_memory_use(search, text_basename(path), "the memory of the machine",
		       arena_concat(build_arena(search->reading->build), path, "/driver", ""));
}

static bool is_kernel_memory(const struct search *search, const char *path)
{
	char driver[PATH_SIZE];

	return root_follow(search->reading->root, path, "driver", driver) > 0 &&
	       strcmp(text_basename(driver), "kmem") == 0;
}

/* A dax device without the driver kmem. */
static void look_at_memory_left(const struct search *search, const char *name)
{
	if (search->map->result < 0)
		build_unread_use(search->reading->build, search->below->device, USE_MEMORY,
				 "/proc/iomem", search->map->result);
	else if (text_map_find(search->map->taken_in, name))
		add_memory_use(search, name, "the memory of the machine until it is booted again",
			       "/proc/iomem");
}

static int look_at_dax(void *context, const char *name, const char *target)
{
	const struct search *search = context;

	if (!text_is_below(target, search->region_path))
		return 0;
	if (is_kernel_memory(search, target))
		use_kernel_memory(search, target);
	else
		look_at_memory_left(search, name);
	return 0;
}

/* A dax device below a device in focus; one with the driver kmem is among below->bound. */
static int look_at_own_dax(void *context, const char *name, const char *target)
{
	const struct search *search = context;

	if (text_is_below(target, search->below->device->path) && !is_kernel_memory(search, target))
		look_at_memory_left(search, name);
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

/* drivers/cxl/core/port.c: the attribute region of a decoder names the region, or is empty. */
static int look_at_decoder(void *context, const char *name, const char *target)
{
	struct search *search = context;
	struct arena *arena = build_arena(search->reading->build);
	char region[ATTRIBUTE_MAX], path[PATH_SIZE];

	if (!text_starts(name, "decoder") || !text_is_below(target, search->below->device->path) ||
	    root_readf_text(search->reading->root, region, sizeof(region), "%s/region", target) <=
		    0)
		return 0;
	if (root_follow(search->reading->root, "/sys/bus/cxl/devices", region, path) <= 0 ||
	    !is_committed(search, path))
		return 0;
	add_memory_use(search, name, region, arena_concat(arena, target, "/region", ""));
	search->region_path = path;
	root_list_links(search->reading->root, DAX_DEVICES, look_at_dax, search);
	search->region_path = NULL;
	return 0;
}

/* PCI_CLASS_MEMORY_CXL, or the driver of such devices: drivers/cxl/pci.c */
static bool is_cxl_memory(const struct device *device)
{
	enum { MEMORY_CXL = 0x0502 };

	return device_class(device) == MEMORY_CXL ||
	       (device->driver && strcmp(device->driver, "cxl_pci") == 0);
}

static void look_at_cxl(struct search *search)
{
	static const char decoders[] = "/sys/bus/cxl/devices";
	int result = root_list_links(search->reading->root, decoders, look_at_decoder, search);

	if (result < 0 && !root_is_absence(result))
		build_unread_use(search->reading->build, search->below->device, USE_MEMORY,
				 decoders, result);
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

static void look_at_devices_of_dax(struct search *search)
{
	int result = root_list_links(search->reading->root, DAX_DEVICES, look_at_own_dax, search);

	if (result < 0 && !root_is_absence(result))
		build_unread_use(search->reading->build, search->below->device, USE_MEMORY,
				 DAX_DEVICES, result);
}

int source_memory_uses(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct memory_map map = {0};

	for (size_t i = 0; i < reading->below_count; i++) {
		const struct below *below = &reading->below[i];
		struct search search = {.reading = reading, .below = below, .map = &map};

		if (!below->device)
			continue;
		if (!map.taken_in && (may_have_dax(below) || is_cxl_memory(below->device)))
			map = read_memory_map(reading->root, scratch);
		for (size_t bound = 0; bound < below->bound_count; bound++)
			if (strcmp(below->bound[bound].driver, "kmem") == 0)
				use_kernel_memory(&search, below->bound[bound].path);
		if (may_have_dax(below))
			look_at_devices_of_dax(&search);
		if (is_cxl_memory(below->device))
			look_at_cxl(&search);
	}
	return 0;
}
