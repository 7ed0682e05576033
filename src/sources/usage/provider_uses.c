/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bound devices that use something of a device: its clocks, regulators, PHYs or interrupts, by the
 * devicetree, and its DMA channels. Device links show the same only where fw_devlink is on and the
 * driver has not dropped them (device_uses.c).
 */
#include "base/text.h"
#include "firmware/dt_live.h"
#include "firmware/dt_suppliers.h"
#include "sources/usage/below.h"

#include <stdio.h>
#include <string.h>

struct search {
	struct reading *reading;
	struct arena *scratch;
	const struct below *below;
};

static void add_consumer_use(const struct search *search, const char *node, const char *user,
			     const char *evidence)
{
	struct arena *arena = build_arena(search->reading->build);

	build_use(search->reading->build, search->below->device,
		  (struct use){USE_CONSUMER, arena_strdup(arena, node), arena_strdup(arena, user),
			       arena_strdup(arena, evidence)});
}

/*
 * True for properties and nodes that only a provider has: "#clock-cells", "interrupt-controller",
 * "regulators".
 */
static int is_provision(void *context, const char *name)
{
	static const char *const words[] = {"interrupt-controller", "msi-controller",
					    "gpio-controller", "regulators", "regulator-name"};
	size_t length = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(name, words[i]) == 0)
			return 1;
	return name[0] == '#' && length > 6 && strcmp(name + length - 6, "-cells") == 0 &&
	       strcmp(name, "#address-cells") != 0 && strcmp(name, "#size-cells") != 0;
}

/*
 * True where the node of the device has properties of a provider. Few have; the whole tree is read
 * only for those.
 */
static bool is_provider(const struct root *root, const struct device *device)
{
	char node[PATH_SIZE];

	return dt_live_node(root, device->path, node) &&
	       root_listf(root, is_provision, NULL, "/sys/firmware/devicetree/base%s", node) == 1;
}

static bool is_moved_with(const struct below *below, const struct device *device)
{
	return text_is_within(device->path, below->device->path);
}

/*
 * True where a use by the consumer was already added from a device link ("platform:a000000.dma").
 */
static bool is_consumer_known(const struct below *below, const struct device *consumer)
{
	const struct uses *uses = below->device->uses;

	for (size_t i = 0; i < uses->count; i++) {
		const char *name = uses->items[i].kind == USE_CONSUMER
					   ? strchr(uses->items[i].user, ':')
					   : NULL;

		if (name && strcmp(name + 1, consumer->name) == 0)
			return true;
	}
	return false;
}

static void check_consumer(const struct search *search, const struct tree *tree,
			   const struct node *provider, const struct device *consumer)
{
	const struct node *node = tree_find(tree, consumer->firmware_node);
	const struct dt_supplier *suppliers;
	size_t count = node ? dt_suppliers(tree, node, search->scratch, &suppliers) : 0;

	for (size_t i = 0; i < count; i++) {
		if (suppliers[i].device != provider)
			continue;
		add_consumer_use(search, search->below->device->name, consumer->name,
				 arena_printf(search->scratch, "/sys/firmware/devicetree/base%s/%s",
					      consumer->firmware_node, suppliers[i].property));
		return;
	}
}

static void look_at_devicetree(const struct search *search)
{
	struct build *build = search->reading->build;
	const struct tree *tree;
	struct error ignored = {0};
	char path[PATH_SIZE];
	const struct node *provider;
	int result;

	if (!is_provider(search->reading->root, search->below->device) ||
	    !dt_live_node(search->reading->root, search->below->device->path, path))
		return;
	result = dt_live_read_all(search->reading->root, search->scratch, DT_LIVE_ALL, &tree,
				  &ignored);
	provider = result == 0 ? tree_find(tree, path) : NULL;
	if (!provider) {
		build_blindness(build, search->below->device, USE_CONSUMER,
				"/sys/firmware/devicetree/base%.200s cannot be read", path);
		return;
	}
	for (size_t i = 0; i < build_device_count(build); i++) {
		const struct device *consumer = build_device_at(build, i);

		if (consumer->driver && consumer->firmware_node &&
		    *consumer->firmware_node == '/' && !is_moved_with(search->below, consumer) &&
		    !is_consumer_known(search->below, consumer))
			check_consumer(search, tree, provider, consumer);
	}
}

/* A DMA channel; in_use_show prints the number of its clients (drivers/dma/dmaengine.c) */
static int look_at_channel(void *context, const char *name, const char *path)
{
	const struct search *search = context;
	char file[PATH_SIZE], text[32];

	if (!text_is_below(path, search->below->device->path) ||
	    root_path(search->reading->root, file, "%s/in_use", path) < 0 ||
	    root_read_text(search->reading->root, file, text, sizeof(text)) <= 0 ||
	    strcmp(text, "0") == 0)
		return 0;
	add_consumer_use(search, name, arena_printf(search->scratch, "%s DMA clients", text), file);
	return 0;
}

int source_provider_uses(struct reading *reading, struct error *e)
{
	for (size_t i = 0; i < reading->below_count; i++) {
		_autoarena_ struct arena *scratch = arena_new();
		struct search search = {reading, scratch, &reading->below[i]};

		if (!search.below->device)
			continue;
		look_at_devicetree(&search);
		root_list_links(reading->root, "/sys/class/dma", look_at_channel, &search);
	}
	return 0;
}
