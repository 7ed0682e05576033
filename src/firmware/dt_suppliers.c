/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_suppliers.h"

#include "base/text.h"
#include "firmware/dt_address.h"
#include "firmware/dt_graph.h"
#include "firmware/dt_map.h"
#include "firmware/dt_refs.h"

#include <string.h>

enum {
	/* the most suppliers of one node; real nodes have less than a hundred */
	SUPPLIERS_MAX = 1024,
};

/*
 * A row of supplier properties. A name that starts with '-' matches the end of a property's name.
 * @optional: the kernel does not wait for it
 */
struct binding {
	const char *name, *cells, *kind;
	bool optional_cells, optional;
};

static const struct binding bindings[] = {
	{"clocks", "#clock-cells", "clock"},
	{"interconnects", "#interconnect-cells", "interconnect"},
	{"iommus", "#iommu-cells", "iommu"},
	{"mboxes", "#mbox-cells", "mailbox"},
	{"io-channels", "#io-channel-cells", "io-channel"},
	{"io-backends", "#io-backend-cells", "io-backend"},
	{"dmas", "#dma-cells", "dma", .optional = true},
	{"power-domains", "#power-domain-cells", "power-domain"},
	{"hwlocks", "#hwlock-cells", "hwlock"},
	{"extcon", NULL, "extcon"},
	{"nvmem-cells", "#nvmem-cell-cells", "nvmem", true},
	{"phys", "#phy-cells", "phy"},
	{"wakeup-parent", NULL, "interrupt"},
	{"pinctrl-0", NULL, "pinctrl"},
	{"pinctrl-1", NULL, "pinctrl"},
	{"pinctrl-2", NULL, "pinctrl"},
	{"pinctrl-3", NULL, "pinctrl"},
	{"pinctrl-4", NULL, "pinctrl"},
	{"pinctrl-5", NULL, "pinctrl"},
	{"pinctrl-6", NULL, "pinctrl"},
	{"pinctrl-7", NULL, "pinctrl"},
	{"pinctrl-8", NULL, "pinctrl"},
	{"pwms", "#pwm-cells", "pwm"},
	{"resets", "#reset-cells", "reset"},
	{"leds", NULL, "led"},
	{"backlight", NULL, "backlight"},
	{"panel", NULL, "panel"},
	{"msi-parent", "#msi-cells", "msi", true},
	{"access-controllers", "#access-controller-cells", "access-controller"},
	{"pses", "#pse-cells", "pse"},
	{"power-supplies", NULL, "power-supply"},
	{"pcs-handle", NULL, "pcs"},
	{"mmc-pwrseq", NULL, "mmc-pwrseq"},
	{"interrupts-extended", "#interrupt-cells", "interrupt"},
	{"gpio", "#gpio-cells", "gpio"},
	{"gpios", "#gpio-cells", "gpio"},
	{"-supply", NULL, "regulator"},
	{"-gpio", "#gpio-cells", "gpio"},
	{"-gpios", "#gpio-cells", "gpio"},
};

struct listing {
	const struct tree *tree;
	const struct node *consumer;
	struct dt_supplier *suppliers;
	size_t count;
	size_t property_start;
	bool optional;
};

static bool matches_binding(const struct binding *binding, const char *name)
{
	return binding->name[0] == '-' ? text_before_end(name, binding->name) > 0
				       : strcmp(binding->name, name) == 0;
}

static const struct binding *binding_of(const struct node *node, const char *name)
{
	/* snps,nr-gpios is a number, and the gpios of a GPIO hog are no references. */
	if (strcmp(name, "snps,nr-gpios") == 0)
		return NULL;
	if (strncmp(name, "gpio", 4) == 0 && node_property(node, "gpio-hog"))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(bindings); i++)
		if (matches_binding(&bindings[i], name))
			return &bindings[i];
	return NULL;
}

static const struct node *node_with_compatible(const struct node *node)
{
	while (node && !node_property(node, "compatible"))
		node = node->parent;
	return node;
}

static bool is_supplier_listed(const struct listing *listing, const struct node *node)
{
	for (size_t i = listing->property_start; i < listing->count; i++)
		if (listing->suppliers[i].node == node)
			return true;
	return false;
}

static void add_supplier(struct listing *listing, const char *kind, const struct property *property,
			 const struct node *node)
{
	const struct node *device = node_with_compatible(node);

	if (listing->count == SUPPLIERS_MAX || is_supplier_listed(listing, node) ||
	    (device && node_above(listing->consumer, device)))
		return;
	listing->suppliers[listing->count++] = (struct dt_supplier){.kind = kind,
								    .property = property->name,
								    .node = node,
								    .device = device,
								    .optional = listing->optional};
}

static void list_references(struct listing *listing, const struct binding *binding,
			    const struct property *property)
{
	struct dt_refs refs = dt_refs_start(listing->tree, property, binding->cells);
	struct dt_ref ref;

	refs.optional = binding->optional_cells;
	while (listing->count < SUPPLIERS_MAX && dt_refs_next(&refs, &ref))
		if (ref.node || ref.fault == DT_REF_DANGLING)
			add_supplier(listing, binding->kind, property, ref.node);
}

static void list_map_suppliers(struct listing *listing, const struct property *property)
{
	const struct node *bridge = listing->consumer;
	struct dt_map_walk walk =
		dt_map_start(listing->tree, bridge, dt_map_stride(listing->tree, bridge));
	struct dt_map_entry entry;

	while (listing->count < SUPPLIERS_MAX && dt_map_next(&walk, &entry))
		if (entry.iommu || entry.fault == DT_MAP_DANGLING)
			add_supplier(listing, "iommu", property, entry.iommu);
}

/* interrupts belong to the interrupt-parent of the node or of the nearest node above it. */
static void list_interrupts(struct listing *listing, const struct property *property)
{
	const struct node *node = listing->consumer;
	uint32_t phandle;

	if (node_property(node, "interrupts-extended"))
		return;
	for (; node; node = node->parent) {
		if (!node_cell(node, "interrupt-parent", &phandle))
			continue;
		add_supplier(listing, "interrupt", property,
			     tree_by_phandle(listing->tree, phandle));
		return;
	}
}

/*
 * The interrupt controllers of an interrupt-map: an entry is an address and an interrupt of a
 * child, a phandle, and an address and an interrupt of that parent (drivers/of/irq.c:
 * of_irq_parse_imap_parent).
 */
static void list_interrupt_map(struct listing *listing, const struct property *property)
{
	const struct node *parent;
	uint32_t interrupt_cells, more_cells;
	uint64_t child_cells, at = 0, count = property_cells(property);

	if (!node_cell(listing->consumer, "#interrupt-cells", &interrupt_cells))
		return;
	child_cells = (uint64_t)dt_bus_cells(listing->consumer, "#address-cells") + interrupt_cells;
	for (; at + child_cells + 1 < count; at += more_cells) {
		at += child_cells;
		parent = tree_by_phandle(listing->tree, property_cell(property, (size_t)at++));
		if (!parent || !node_cell(parent, "#interrupt-cells", &interrupt_cells))
			return;
		if (!node_cell(parent, "#address-cells", &more_cells))
			more_cells = 0;
		if (more_cells > DT_CELLS_MAX || interrupt_cells > DT_CELLS_MAX - more_cells)
			return;
		more_cells += interrupt_cells;
		if (count - at < more_cells)
			return;
		add_supplier(listing, "interrupt", property, parent);
	}
}

static void list_property(struct listing *listing, const struct property *property)
{
	const struct binding *binding = binding_of(listing->consumer, property->name);

	listing->property_start = listing->count;
	listing->optional = binding && binding->optional;
	if (binding)
		list_references(listing, binding, property);
	else if (strcmp(property->name, "iommu-map") == 0)
		list_map_suppliers(listing, property);
	else if (strcmp(property->name, "interrupts") == 0)
		list_interrupts(listing, property);
	else if (strcmp(property->name, "interrupt-map") == 0)
		list_interrupt_map(listing, property);
}

/*
 * The kernel links a device with the devices that its endpoints name. If they name it back, the two
 * links are a cycle, and it waits for neither (fw_devlink_relax_cycles). It links nothing with a
 * device that is disabled.
 */
static void list_endpoints(struct listing *listing)
{
	const struct node *consumer = listing->consumer, *endpoint = consumer;

	listing->property_start = listing->count;
	while ((endpoint = dt_graph_next(consumer, endpoint)) && listing->count < SUPPLIERS_MAX) {
		const struct node *remote = dt_graph_remote(listing->tree, endpoint);
		const struct node *device = remote ? dt_graph_device(remote) : NULL;

		if (!device || !device->available)
			continue;
		listing->optional = dt_graph_points_at(listing->tree, device, consumer);
		add_supplier(listing, "endpoint", node_property(endpoint, "remote-endpoint"),
			     device);
	}
}

/* The kernel does not wait for the nodes that post-init-providers lists, whatever else names them.
 */
static void mark_post_init(struct listing *listing)
{
	const struct property *property = node_property(listing->consumer, "post-init-providers");
	struct dt_refs refs;
	struct dt_ref ref;

	if (!property)
		return;
	refs = dt_refs_start(listing->tree, property, NULL);
	while (dt_refs_next(&refs, &ref))
		for (size_t i = 0; ref.node && i < listing->count; i++)
			if (listing->suppliers[i].node == ref.node)
				listing->suppliers[i].optional = true;
}

size_t dt_suppliers(const struct tree *tree, const struct node *node, struct arena *arena,
		    const struct dt_supplier **ret_suppliers)
{
	_autofree_ struct dt_supplier *found = calloc(SUPPLIERS_MAX, sizeof(*found));
	struct listing listing = {.tree = tree, .consumer = node, .suppliers = found};
	struct dt_supplier *suppliers;

	if (!found)
		memory_exhausted();
	for (const struct property *property = node->properties;
	     property && listing.count < SUPPLIERS_MAX; property = property->next)
		list_property(&listing, property);
	list_endpoints(&listing);
	mark_post_init(&listing);
	suppliers = arena_array(arena, listing.count, sizeof(*suppliers));
	memcpy(suppliers, found, listing.count * sizeof(*suppliers));
	*ret_suppliers = suppliers;
	return listing.count;
}
