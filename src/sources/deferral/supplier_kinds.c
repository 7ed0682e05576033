/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each function here reads one interface of the consumer and adds the suppliers that it names. */
#include "sources/deferral/adopt.h"
#include "sources/deferral/suppliers.h"

#include "base/text.h"
#include "firmware/dt_suppliers.h"
#include "model/kernel_release.h"

#include <stdio.h>
#include <string.h>

static const char *copy_for_system(struct gathering *gathering, const char *text)
{
	return arena_strdup(build_arena(gathering->reading->build), text);
}

static struct device *device_of_node(struct gathering *gathering, const char *node)
{
	const char *path = of_devices_find(&gathering->nodes, node);

	return path ? adopt_device(gathering->reading, path) : NULL;
}

/*
 * Add a supplier by its node. @device_node: the node of the device that a driver binds to, often
 * the same
 */
static void gather_node(struct gathering *gathering, struct supplier supplier,
			const struct node *node, const struct node *device_node)
{
	supplier.disabled = !node->available;
	supplier.firmware_node = supplier.name = copy_for_system(gathering, node->path);
	supplier.device = device_of_node(gathering, (device_node ? device_node : node)->path);
	if (supplier.device)
		supplier.name = supplier.device->label;
	gather(gathering, supplier);
}

/*
 * IOMMUs are added from the streams, which know whether they are registered. A host bridge has no
 * streams of its own, but a device link may make it wait for the IOMMU in its iommu-map.
 */
static void refine_iommu(struct gathering *gathering, const struct dt_supplier *supplier)
{
	const struct device *device =
		supplier->node ? device_of_node(gathering, supplier->node->path) : NULL;

	for (size_t i = 0; device && i < gathering->count; i++)
		if (gathering->found[i].device == device)
			gathering->found[i].kind = "iommu";
}

/* True where the running kernel does not wait for what the property names. */
static bool is_not_awaited(const struct gathering *gathering, const struct dt_supplier *supplier)
{
	static const struct {
		const char *property;
		enum kernel_feature feature;
	} since[] = {
		{"remote-endpoint", KERNEL_ENDPOINT_LINKS},
		{"interrupt-map", KERNEL_INTERRUPT_MAP_LINKS},
	};
	const char *kernel = build_machine(gathering->reading->build)->kernel;

	for (size_t i = 0; i < ARRAY_SIZE(since); i++)
		if (strcmp(supplier->property, since[i].property) == 0 &&
		    kernel_has(kernel, since[i].feature) == ANSWER_NO)
			return true;
	return supplier->optional;
}

static void gather_referenced(struct gathering *gathering, const struct dt_supplier *found)
{
	struct supplier supplier = {
		.kind = found->kind,
		.source = copy_for_system(gathering, found->property),
		.optional = is_not_awaited(gathering, found),
	};

	if (found->node) {
		gather_node(gathering, supplier, found->node, found->device);
		return;
	}
	supplier.name = supplier.source;
	supplier.missing = true;
	gather(gathering, supplier);
}

void suppliers_from_node(struct gathering *gathering)
{
	const char *path = gathering->consumer->firmware_node;
	const struct node *node =
		gathering->tree && path && *path == '/' ? tree_find(gathering->tree, path) : NULL;
	const struct dt_supplier *suppliers;
	size_t count =
		node ? dt_suppliers(gathering->tree, node, gathering->scratch, &suppliers) : 0;

	for (size_t i = 0; i < count; i++)
		if (strcmp(suppliers[i].kind, "iommu") == 0)
			refine_iommu(gathering, &suppliers[i]);
		else
			gather_referenced(gathering, &suppliers[i]);
}

/*
 * The device that a link's name means, "platform:9050000.smmuv3": the name of a bus has no colon,
 * that of a device may.
 */
static struct device *device_of_link(struct gathering *gathering, const char *text)
{
	char bus[64];
	const char *colon = strchr(text, ':');

	if (!colon || (size_t)(colon - text) >= sizeof(bus))
		return NULL;
	snprintf(bus, sizeof(bus), "%.*s", (int)(colon - text), text);
	return adopt_named(gathering->reading, bus, colon + 1);
}

/* The folder of the device link from "platform:NAME" to the consumer. */
static bool link_folder(struct gathering *gathering, const char *supplier, char folder[PATH_SIZE])
{
	const struct device *consumer = gathering->consumer;

	return root_path(gathering->reading->root, folder, "/sys/class/devlink/%s--%s:%s", supplier,
			 consumer->bus, consumer->name) >= 0;
}

/* True where a device link only orders sync_state calls: it holds no probe back. */
static bool orders_only(struct gathering *gathering, const char *supplier)
{
	char folder[PATH_SIZE], text[64];

	return link_folder(gathering, supplier, folder) &&
	       root_readf_text(gathering->reading->root, text, sizeof(text), "%s/sync_state_only",
			       folder) > 0 &&
	       strcmp(text, "1") == 0;
}

/*
 * The status of a device link, such as "dormant"; NULL where the link only orders sync_state calls,
 * or has no readable status.
 */
static const char *link_status(struct gathering *gathering, const char *supplier)
{
	char folder[PATH_SIZE], text[64];

	if (orders_only(gathering, supplier) || !link_folder(gathering, supplier, folder) ||
	    root_readf_text(gathering->reading->root, text, sizeof(text), "%s/status", folder) <= 0)
		return NULL;
	return copy_for_system(gathering, text);
}

static void gather_link(struct gathering *gathering, const char *text)
{
	struct supplier supplier = {.kind = "device", .source = "device_link"};

	supplier.link_status = link_status(gathering, text);
	if (!supplier.link_status)
		return;
	supplier.device = device_of_link(gathering, text);
	supplier.missing = !supplier.device;
	supplier.name = supplier.device ? supplier.device->label : copy_for_system(gathering, text);
	supplier.firmware_node = supplier.device ? supplier.device->firmware_node : NULL;
	gather(gathering, supplier);
}

void suppliers_from_links(struct gathering *gathering)
{
	const struct device *consumer = gathering->consumer;
	size_t count;
	const struct device_link *links =
		device_links_of(&gathering->links, consumer->bus, consumer->name, &count);

	for (size_t i = 0; i < count; i++)
		gather_link(gathering, links[i].supplier);
}

static void mark_ordering(struct gathering *gathering, const char *text)
{
	const struct device *device =
		orders_only(gathering, text) ? device_of_link(gathering, text) : NULL;

	for (size_t i = 0; device && i < gathering->count; i++)
		if (gathering->found[i].device == device)
			gathering->found[i].orders_only = true;
}

void suppliers_mark_ordering(struct gathering *gathering)
{
	const struct device *consumer = gathering->consumer;
	size_t count;
	const struct device_link *links =
		device_links_of(&gathering->links, consumer->bus, consumer->name, &count);

	for (size_t i = 0; i < count; i++)
		mark_ordering(gathering, links[i].supplier);
}

/*
 * Copy the word of a reason between @before and @after; false where the reason does not have these.
 */
static bool word_between(const char *text, const char *before, const char *after,
			 char word[static PATH_SIZE])
{
	const char *start = strstr(text, before), *end;

	if (!start)
		return false;
	start += strlen(before);
	end = *after ? strstr(start, after) : start + strcspn(start, " \t");
	if (!end || end == start || end - start >= PATH_SIZE)
		return false;
	snprintf(word, PATH_SIZE, "%.*s", (int)(end - start), start);
	return true;
}

/*
 * The node that a reason names: 6.12 writes the path of a node, 6.1 only its name (%pfwf, %pfwP in
 * device_links_check_suppliers).
 */
static const struct node *node_called(const struct tree *tree, const char *word)
{
	const struct node *node = *word == '/' ? tree_find(tree, word) : tree->root;

	while (*word != '/' && node && strcmp(node->name, word) != 0)
		node = node->next;
	return node;
}

/*
 * The node of the device that is to supply @node: a pin group, a regulator or a cell of a memory
 * has no device of its own, and a node in between may have a compatible without one. A bus above
 * the consumer is no supplier of it. NULL where no node above has a device.
 */
static const struct node *nearest_device(struct gathering *gathering, const struct node *node)
{
	const char *own = gathering->consumer->firmware_node;
	const struct node *consumer = own && *own == '/' ? tree_find(gathering->tree, own) : NULL;

	for (; node && !(consumer && node_above(node, consumer)); node = node->parent)
		if (of_devices_find(&gathering->nodes, node->path))
			return node;
	return NULL;
}

/* A node that the kernel waits for: if its device is another one, that may be bound already. */
static void gather_awaited(struct gathering *gathering, const char *source, const struct node *node)
{
	const struct node *nearest = nearest_device(gathering, node);
	const struct device *device = nearest ? device_of_node(gathering, nearest->path) : NULL;

	gather_node(gathering, (struct supplier){.kind = "device", .source = source}, node,
		    nearest);
	for (size_t i = 0; device && nearest != node && i < gathering->count; i++)
		if (gathering->found[i].device == device)
			gathering->found[i].awaited = true;
}

struct naming {
	struct gathering *gathering;
	const char *name;
	struct device *device;
};

static int find_supplier_on_bus(void *context, const char *bus)
{
	struct naming *naming = context;

	if (!naming->device)
		naming->device = adopt_named(naming->gathering->reading, bus, naming->name);
	return 0;
}

void suppliers_from_reason(struct gathering *gathering, const char *reason)
{
	static const char source[] = "devices_deferred";
	struct naming naming = {.gathering = gathering};
	struct supplier supplier = {.kind = "device", .source = source};
	const struct node *node;
	char word[PATH_SIZE];

	if (word_between(reason, "supplier ", " not ready", word)) {
		naming.name = supplier.name = copy_for_system(gathering, word);
		root_list(gathering->reading->root, "/sys/bus", find_supplier_on_bus, &naming);
		supplier.device = naming.device;
		supplier.missing = !naming.device;
		gather(gathering, supplier);
	} else if (word_between(reason, "wait for supplier ", "", word)) {
		node = gathering->tree ? node_called(gathering->tree, word) : NULL;
		supplier.name = copy_for_system(gathering, word);
		if (node)
			gather_awaited(gathering, source, node);
		else
			gather(gathering, supplier);
	}
}
