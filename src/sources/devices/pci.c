/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/pci.h"

#include "base/text.h"
#include "model/pasted.h"
#include "model/pci.h"
#include "model/pci_alias.h"

#include <stdio.h>
#include <string.h>

static uint16_t rid_of(struct pci_hop hop)
{
	return (uint16_t)(hop.bus << 8 | hop.device << 3 | hop.function);
}

/*
 * Whether a function is PCI Express: only such functions have the attributes of a link, so config
 * space need not be read.
 * Returns 1, 0 or a negative errno.
 */
static int is_express(const struct root *root, const char *path, size_t length)
{
	return root_hasf(root, "%.*s/max_link_speed", (int)length, path);
}

/* True for a bridge below a PCIe port that should have a PCIe capability and does not. */
static bool hides_express(const struct root *root, const char *path, const size_t *ends,
			  size_t above)
{
	char text[ATTRIBUTE_MAX];
	unsigned vendor, device;
	const char *id;

	if (!above || is_express(root, path, ends[above - 1]) <= 0 ||
	    root_readf_text(root, text, sizeof(text), "%.*s/uevent", (int)ends[above], path) <= 0)
		return false;
	id = strstr(text, "PCI_ID=");
	return id && sscanf(id, "PCI_ID=%4x:%4x", &vendor, &device) == 2 &&
	       pci_alias_hides_express(vendor, device);
}

/*
 * Whether the bridge @above passes IDs on unchanged: it does if the function below has a PCI
 * Express link, as most have.
 */
static int passes_on(const struct root *root, const char *path, const size_t *ends, size_t above,
		     struct pci_memory *memory)
{
	size_t bridge = ends[above];

	if (strncmp(memory->bridge, path, bridge) == 0 && !memory->bridge[bridge])
		return memory->passes_on;
	snprintf(memory->bridge, sizeof(memory->bridge), "%.*s", (int)bridge, path);
	memory->passes_on = is_express(root, path, ends[above + 1]);
	if (memory->passes_on == 0)
		memory->passes_on = hides_express(root, path, ends, above + 1);
	return memory->passes_on;
}

/* Add the alias that the bridge @above gives to IDs from below; @ends are lengths within @path. */
static void add_alias(const struct root *root, const char *path, const size_t *ends, size_t above,
		      struct pci_memory *memory, struct pci_place *place)
{
	int passed = passes_on(root, path, ends, above, memory), express;
	uint16_t alias;

	if (passed > 0)
		return;
	express = passed < 0 ? passed : is_express(root, path, ends[above]);
	if (express < 0) {
		place->aliases_unknown = true;
		return;
	}
	if (express || hides_express(root, path, ends, above))
		alias = (uint16_t)(place->hops[above + 1].bus << 8);
	else
		alias = rid_of(place->hops[above]);
	if (alias != place->rids[place->rid_count - 1])
		place->rids[place->rid_count++] = alias;
}

const char *pci_bridge_end(const struct device *device)
{
	return device_is_pci(device) ? strstr(device->path, "/pci") : NULL;
}

/* A device behind a VMD is in a domain of its own, whose host bridge is the folder "pciX:Y". */
static bool begins_domain(const char *name)
{
	return text_starts(name, "pci");
}

/*
 * The functions on the way down from the root bus, ending at the device, or at the VMD whose domain
 * it is in: all transactions of that domain carry the VMD's own ID (drivers/pci/search.c:
 * pci_for_each_dma_alias, pci_real_dma_dev).
 * @ends: the length of the path at each of them
 */
static bool find_hops(const char *path, struct pci_place *place, size_t *ends)
{
	const char *at = path + place->bridge_length;
	struct pci_name name;

	at += strcspn(at + 1, "/") + 1;
	while (*at && place->depth < PCI_DEPTH_MAX) {
		size_t length = strcspn(++at, "/");

		if (place->depth && begins_domain(at))
			return true;
		if (!pci_name_parse(at, length, &name))
			return false;
		place->segment = name.domain;
		place->hops[place->depth] = (struct pci_hop){name.bus, name.slot, name.function};
		at += length;
		ends[place->depth++] = (size_t)(at - path);
	}
	return place->depth && !*at;
}

static void add_quirks(const struct device *device, struct pci_place *place)
{
	uint8_t functions[PCI_ALIAS_FUNCTIONS_MAX];
	size_t count = pci_alias_functions(device, (uint8_t)place->rid, functions);

	for (size_t i = 0; i < count; i++)
		place->rids[place->rid_count++] = (uint16_t)((place->rid & 0xff00) | functions[i]);
}

/* @ends: as of find_hops */
static bool locate_hops(const struct device *device, struct pci_place *place, size_t *ends)
{
	const char *bridge = pci_bridge_end(device);

	memset(place, 0, sizeof(*place));
	if (!bridge)
		return false;
	place->bridge_length = (size_t)(bridge - device->path);
	return find_hops(device->path, place, ends);
}

bool pci_hops(const struct device *device, struct pci_place *ret_place)
{
	size_t ends[PCI_DEPTH_MAX];

	return locate_hops(device, ret_place, ends);
}

bool pci_locate(const struct root *root, const struct device *device, struct pci_memory *memory,
		struct pci_place *ret_place)
{
	const char *name = text_basename(device->path);
	size_t ends[PCI_DEPTH_MAX] = {0};
	struct pci_name own;

	if (!locate_hops(device, ret_place, ends) || !pci_name_parse(name, strlen(name), &own))
		return false;
	ret_place->rid = pasted_rid(own);
	ret_place->rids[ret_place->rid_count++] = rid_of(ret_place->hops[ret_place->depth - 1]);
	for (size_t above = ret_place->depth - 1; above-- > 0;)
		add_alias(root, device->path, ends, above, memory, ret_place);
	if (device->path[ends[ret_place->depth - 1]] == '\0')
		add_quirks(device, ret_place);
	return true;
}
