/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/device_links.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct links_in_arena {
	struct arena *arena;
	struct device_link *items;
	size_t count, room;
};

/*
 * Split "BUS:SUPPLIER--BUS:CONSUMER" in place; NULL for another name. The name of a device may have
 * "--" too, but no bus before it.
 */
static char *split_consumer(char *link)
{
	for (char *at = link + strlen(link); at > link + 1; at--) {
		if (at[-1] != '-' || at[-2] != '-' || !strchr(at, ':'))
			continue;
		at[-2] = '\0';
		return at;
	}
	return NULL;
}

static int add_device_link(void *context, const char *name)
{
	struct links_in_arena *links = context;
	char *supplier = arena_strdup(links->arena, name);
	const char *consumer = split_consumer(supplier);

	if (!consumer)
		return 0;
	links->items = arena_grow(links->arena, links->items, links->count, &links->room,
				  sizeof(*links->items));
	links->items[links->count++] = (struct device_link){supplier, consumer};
	return 0;
}

static int compare_links(const void *a, const void *b)
{
	const struct device_link *one = a, *other = b;
	int order = strcmp(one->consumer, other->consumer);

	return order ? order : text_natural(one->supplier, other->supplier);
}

struct device_links device_links_read(const struct root *root, struct arena *arena)
{
	struct links_in_arena links = {.arena = arena};

	root_list(root, "/sys/class/devlink", add_device_link, &links);
	if (links.count)
		qsort(links.items, links.count, sizeof(*links.items), compare_links);
	return (struct device_links){links.items, links.count};
}

/* A consumer that is searched for. */
struct consumer {
	const char *bus, *name;
};

/* The order of "BUS:NAME" and the text of a link. */
static int compare_consumer(const struct consumer *consumer, const char *text)
{
	size_t length = strlen(consumer->bus);
	int order = strncmp(consumer->bus, text, length);

	if (!order)
		order = ':' - (unsigned char)text[length];
	return order ? order : strcmp(consumer->name, text + length + 1);
}

const struct device_link *device_links_of(const struct device_links *links, const char *bus,
					  const char *name, size_t *ret_count)
{
	const struct consumer consumer = {bus, name};
	size_t low = 0, high = links->count, end;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare_consumer(&consumer, links->items[middle].consumer) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low;
	     end < links->count && compare_consumer(&consumer, links->items[end].consumer) == 0;)
		end++;
	*ret_count = end - low;
	return links->items + low;
}
