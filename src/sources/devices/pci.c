/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/pci.h"

#include "base/text.h"
#include "model/kernel_release.h"
#include "model/pasted.h"
#include "model/pci.h"
#include "model/pci_alias.h"
#include "sources/sources.h"

#include <stdio.h>
#include <string.h>

#define LINK_UNREAD \
	"max_link_speed of a bridge above could not be read, which tells the bridge's kind"

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

/* The kind of the bridge with that path, by the quirks of the kernel. */
static enum pci_alias_bridge read_quirk(const struct root *root, const char *path, size_t length)
{
	char text[ATTRIBUTE_MAX];
	unsigned vendor, device;
	const char *id;

	if (root_readf_text(root, text, sizeof(text), "%.*s/uevent", (int)length, path) <= 0)
		return PCI_ALIAS_PLAIN;
	id = strstr(text, "PCI_ID=");
	return id && sscanf(id, "PCI_ID=%4x:%4x", &vendor, &device) == 2
		       ? pci_alias_bridge_of(vendor, device)
		       : PCI_ALIAS_PLAIN;
}

/* True for a bridge below a PCIe port that should have a PCIe capability and does not. */
static bool hides_express(const struct root *root, const char *path, const size_t *ends,
			  size_t above)
{
	return above && is_express(root, path, ends[above - 1]) > 0 &&
	       read_quirk(root, path, ends[above]) == PCI_ALIAS_HIDES_EXPRESS;
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

/* The alias of a bridge whose quirk is known: by its kind, which may be unknown. */
static void add_bridge_id(const struct root *root, const char *path, const size_t *ends,
			  size_t above, enum pci_alias_bridge quirk, struct pci_place *place)
{
	int express = is_express(root, path, ends[above]);
	uint16_t alias;

	if (express < 0) {
		place->unknown = LINK_UNREAD;
		return;
	}
	if (express || (quirk == PCI_ALIAS_HIDES_EXPRESS && above &&
			is_express(root, path, ends[above - 1]) > 0))
		alias = (uint16_t)(place->hops[above + 1].bus << 8);
	else
		alias = rid_of(place->hops[above]);
	if (alias != place->rids[place->rid_count - 1])
		place->rids[place->rid_count++] = alias;
}

/*
 * Add the alias that the bridge @above gives to IDs from below; @ends are lengths within @path.
 * Returns: false where bridges further up give none.
 */
static bool add_alias(const struct root *root, const char *path, const size_t *ends, size_t above,
		      struct pci_memory *memory, struct pci_place *place)
{
	int passed = passes_on(root, path, ends, above, memory);
	enum pci_alias_bridge quirk;
	enum answer forwards = ANSWER_NO;

	if (passed > 0)
		return true;
	if (passed < 0) {
		place->unknown = LINK_UNREAD;
		return true;
	}
	quirk = read_quirk(root, path, ends[above]);
	if (quirk == PCI_ALIAS_FORWARDS)
		forwards = kernel_has(memory->release, KERNEL_BRIDGE_FORWARDS);
	if (forwards == ANSWER_UNKNOWN)
		place->unknown =
			"whether this kernel knows that an AST1150 passes IDs on is unknown";
	if (forwards == ANSWER_NO && quirk != PCI_ALIAS_ENDS)
		add_bridge_id(root, path, ends, above, quirk, place);
	return quirk != PCI_ALIAS_ENDS;
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

void pci_memory_start(struct pci_memory *memory, const struct root *root)
{
	*memory = (struct pci_memory){0};
	if (root_read_text(root, RELEASE_FILE, memory->release, sizeof(memory->release)) <= 0)
		memory->release[0] = '\0';
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
		if (!add_alias(root, device->path, ends, above, memory, ret_place))
			break;
	if (device->path[ends[ret_place->depth - 1]] == '\0')
		add_quirks(device, ret_place);
	return true;
}
