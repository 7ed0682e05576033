/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bound devices that use something of a device: its clocks, regulators, PHYs or interrupts, by the
 * devicetree, and its DMA channels. Device links show the same only where fw_devlink is on and the
 * driver has not dropped them (device_uses.c).
 */
#include "base/text.h"
#include "base/text_map.h"
#include "firmware/dt_live.h"
#include "firmware/dt_suppliers.h"
#include "sources/usage/below.h"

#include <stdio.h>
#include <string.h>

#define BASE "/sys/firmware/devicetree/base"

static const char CHANNELS[] = "/sys/class/dma";

/* A bound device that a property of its node makes a consumer of @provider. */
struct consumption {
	const struct node *provider;
	const struct device *consumer;
	const char *property;
	size_t place; /* of the consumer among the devices */
};

/*
 * The devicetree and all its consumptions, sorted by provider; read at the first provider in focus.
 * @result: 0, or a negative errno where the tree could not be read
 */
struct consumptions {
	struct arena *arena;
	const struct tree *tree;
	struct consumption *items;
	size_t count, room;
	int result;
	bool read;
};

struct search {
	struct reading *reading;
	struct consumptions *consumptions;
	const struct below *below;
};

static void add_consumer_use(struct build *build, struct device *device, const char *node,
			     const char *user, const char *evidence)
{
	struct arena *arena = build_arena(build);

	build_use(build, device,
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

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(name, words[i]) == 0)
			return 1;
	return name[0] == '#' && text_before_end(name, "-cells") &&
	       strcmp(name, "#address-cells") != 0 && strcmp(name, "#size-cells") != 0;
}

/*
 * Whether the node of the device has properties of a provider. Few have; the whole tree is read
 * only for those.     Returns: 1 and the folder of the node; 0; a negative errno
 */
static int find_provider(const struct root *root, const struct device *device,
			 char folder[static PATH_SIZE])
{
	char node[PATH_SIZE];
	int result = dt_live_node(root, device->path, node);

	if (result > 0)
		result = root_path(root, folder, BASE "%s", node);
	if (result > 0)
		result = root_list(root, folder, is_provision, NULL);
	return root_is_absence(result) ? 0 : result;
}

static void note_consumer(struct consumptions *consumptions, const struct device *consumer,
			  size_t place)
{
	const struct node *node = tree_find(consumptions->tree, consumer->firmware_node);
	const struct dt_supplier *suppliers;
	size_t count =
		node ? dt_suppliers(consumptions->tree, node, consumptions->arena, &suppliers) : 0;

	for (size_t i = 0; i < count; i++) {
		if (!suppliers[i].device)
			continue;
		consumptions->items =
			arena_grow(consumptions->arena, consumptions->items, consumptions->count,
				   &consumptions->room, sizeof(*consumptions->items));
		consumptions->items[consumptions->count++] = (struct consumption){
			suppliers[i].device, consumer, suppliers[i].property, place};
	}
}

static int compare_consumptions(const void *a, const void *b)
{
	const struct consumption *left = a, *right = b;

	if (left->provider != right->provider)
		return left->provider->order < right->provider->order ? -1 : 1;
	if (left->place != right->place)
		return left->place < right->place ? -1 : 1;
	return 0;
}

static void read_consumptions(struct consumptions *consumptions, struct reading *reading)
{
	struct error ignored = {0};

	consumptions->read = true;
	consumptions->result = dt_live_read_all(reading->root, consumptions->arena, DT_LIVE_ALL,
						&consumptions->tree, &ignored);
	for (size_t i = 0; !consumptions->result && i < build_device_count(reading->build); i++) {
		const struct device *device = build_device_at(reading->build, i);

		if (device->driver && device->firmware_node && *device->firmware_node == '/')
			note_consumer(consumptions, device, i);
	}
	if (consumptions->count)
		qsort(consumptions->items, consumptions->count, sizeof(*consumptions->items),
		      compare_consumptions);
}

static size_t first_of_provider(const struct consumptions *consumptions,
				const struct node *provider)
{
	size_t low = 0, high = consumptions->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (consumptions->items[middle].provider->order < provider->order)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The consumers that device links have already added, "platform:a000000.dma", by their names
 * without the bus.
 */
static struct text_map *linked_consumers(struct arena *arena, const struct device *device)
{
	struct text_map *names = text_map_new(arena);
	const struct uses *uses = device->uses;

	for (size_t i = 0; i < uses->count; i++) {
		const char *name = uses->items[i].kind == USE_CONSUMER
					   ? strchr(uses->items[i].user, ':')
					   : NULL;

		if (name)
			*text_map_at(names, name + 1) = 1;
	}
	return names;
}

static void add_consumers(const struct search *search, const struct node *provider)
{
	const struct consumptions *all = search->consumptions;
	struct device *device = search->below->device;
	const struct text_map *linked = linked_consumers(all->arena, device);
	const struct device *last = NULL;

	for (size_t i = first_of_provider(all, provider);
	     i < all->count && all->items[i].provider == provider; i++) {
		const struct consumption *item = &all->items[i];
		const struct device *consumer = item->consumer;

		if (consumer == last || text_is_within(consumer->path, device->path) ||
		    text_map_find(linked, consumer->name))
			continue;
		last = consumer;
		add_consumer_use(search->reading->build, device, device->name, consumer->name,
				 arena_printf(all->arena, BASE "%s/%s", consumer->firmware_node,
					      item->property));
	}
}

/* Properties and devices that could not be read may belong to consumers. */
static void doubt_consumers(const struct search *search)
{
	struct build *build = search->reading->build;
	const struct source *devices = build_source_find(build, "bus_devices");
	const char *unread = search->consumptions->tree->unread;

	if (unread)
		build_blindness(build, search->below->device, USE_CONSUMER, "%.300s cannot be read",
				unread);
	if (source_is_unread(devices))
		build_blindness(build, search->below->device, USE_CONSUMER, "%.300s",
				devices->detail ? devices->detail : devices->name);
}

static void look_at_devicetree(const struct search *search)
{
	struct reading *reading = search->reading;
	struct consumptions *consumptions = search->consumptions;
	struct device *device = search->below->device;
	const struct node *provider;
	char folder[PATH_SIZE];
	int result = find_provider(reading->root, device, folder);

	if (result < 0)
		build_unread_use(reading->build, device, USE_CONSUMER,
				 arena_printf(consumptions->arena, "%s/of_node", device->path),
				 result);
	if (result <= 0)
		return;
	/* Any device of the machine may be a consumer. */
	reading->exceeds_scope |= reading->scope != NULL;
	if (reading->exceeds_scope)
		return;
	if (!consumptions->read)
		read_consumptions(consumptions, reading);
	provider =
		consumptions->result ? NULL : tree_find(consumptions->tree, folder + strlen(BASE));
	if (!provider) {
		build_blindness(reading->build, device, USE_CONSUMER, "%.300s cannot be read",
				folder);
		return;
	}
	doubt_consumers(search);
	add_consumers(search, provider);
}

/* A DMA channel; in_use_show prints the number of its clients (drivers/dma/dmaengine.c) */
static int look_at_channel(void *context, const char *name, const char *path)
{
	struct reading *reading = context;
	struct device *device = below_owner(reading, path, NULL);
	char file[PATH_SIZE], text[32], users[64];
	ssize_t length;

	if (!device || root_path(reading->root, file, "%s/in_use", path) < 0)
		return 0;
	length = root_read_text(reading->root, file, text, sizeof(text));
	snprintf(users, sizeof(users), "%s DMA clients", length > 0 ? text : "0");
	for (; device; device = below_owner(reading, path, device)) {
		if (length < 0 && !root_is_absence((int)length))
			build_unread_use(reading->build, device, USE_CONSUMER, file, (int)length);
		else if (length > 0 && strcmp(text, "0") != 0)
			add_consumer_use(reading->build, device, name, users, file);
	}
	return 0;
}

static void look_at_channels(struct reading *reading)
{
	int result = root_list_links(reading->root, CHANNELS, look_at_channel, reading);

	if (result < 0 && !root_is_absence(result))
		below_unread_uses(reading, USE_CONSUMER, CHANNELS, result);
}

int source_provider_uses(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct consumptions consumptions = {.arena = scratch};

	if (!reading->below_count)
		return 0;
	for (size_t i = 0; i < reading->below_count; i++)
		if (reading->below[i].device)
			look_at_devicetree(
				&(struct search){reading, &consumptions, &reading->below[i]});
	look_at_channels(reading);
	return 0;
}
