/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of a device that the machine uses as its own: CXL memory in a region, and dax devices
 * below the device or in that region whose memory the kernel has taken in.
 */
#include "base/text.h"
#include "model/pci.h"
#include "sources/usage/below.h"

#include <errno.h>
#include <string.h>

/*
 * The state of a search through the decoders of a CXL device, and then the dax devices of a region.
 */
struct search {
	struct reading *reading;
	const struct below *below;
	const char *region_path;
};

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

static int look_at_dax(void *context, const char *name, const char *target)
{
	const struct search *search = context;
	char driver[PATH_SIZE];

	if (text_is_below(target, search->region_path) &&
	    root_follow(search->reading->root, target, "driver", driver) > 0 &&
	    strcmp(text_basename(driver), "kmem") == 0)
		use_kernel_memory(search, target);
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
	root_list_links(search->reading->root, "/sys/bus/dax/devices", look_at_dax, search);
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

int source_memory_uses(struct reading *reading, struct error *e)
{
	for (size_t i = 0; i < reading->below_count; i++) {
		const struct below *below = &reading->below[i];
		struct search search = {.reading = reading, .below = below};

		if (!below->device)
			continue;
		for (size_t bound = 0; bound < below->bound_count; bound++)
			if (strcmp(below->bound[bound].driver, "kmem") == 0)
				use_kernel_memory(&search, below->bound[bound].path);
		if (is_cxl_memory(below->device))
			look_at_cxl(&search);
	}
	return 0;
}
