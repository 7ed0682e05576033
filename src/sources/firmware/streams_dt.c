/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams from the running kernel's devicetree: a platform device through its own node, a PCI
 * device through the iommu-map of its host bridge, once for each of its requester IDs
 * (drivers/iommu/of_iommu.c).
 */
#include "firmware/dt_iommus.h"
#include "firmware/dt_live.h"
#include "firmware/dt_map.h"
#include "firmware/dt_streams.h"
#include "model/kernel_release.h"
#include "model/pci.h"
#include "sources/devices/pci.h"
#include "sources/firmware/streams.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char TREE[] = "/sys/firmware/devicetree/base";

/*
 * One reading of streams: the part of the devicetree about this machine's devices, and all streams
 * in it.
 */
struct devicetree {
	struct reading *reading;
	struct arena *scratch;
	const char **paths; /* paths of the nodes that are read from the devicetree */
	size_t path_count;
	const struct tree *tree;
	const struct dt_stream *streams;
	size_t stream_count;
	char bridge[PATH_SIZE]; /* parent of the host bridge of the last device */
	size_t bridge_length;
	const char *bridge_node;
	struct pci_memory memory;
	enum answer map_cells; /* KERNEL_MAP_CELLS of the running kernel */
};

/* The node that the link of_node in @folder leads to, in the scratch arena; NULL without a link. */
static const char *node_of(struct devicetree *devicetree, const char *folder)
{
	char node[PATH_SIZE];

	return dt_live_node(devicetree->reading->root, folder, node) > 0
		       ? arena_strdup(devicetree->scratch, node)
		       : NULL;
}

static void choose_nodes(struct devicetree *devicetree)
{
	struct build *build = devicetree->reading->build;
	size_t devices = build_device_count(build), iommus = build_iommu_count(build);

	/* The array has room for one node per device: its own, or that of its host bridge. */
	devicetree->paths = arena_array(devicetree->scratch, devices + iommus, sizeof(char *));
	for (size_t i = 0; i < devices; i++) {
		const char *node = build_device_at(build, i)->firmware_node;

		if (node && *node == '/' && dt_live_has(devicetree->reading->root, node, "iommus"))
			devicetree->paths[devicetree->path_count++] = node;
	}
	for (size_t i = 0; i < iommus; i++) {
		const char *node = build_iommu_at(build, i)->firmware_node;

		if (node && *node == '/')
			devicetree->paths[devicetree->path_count++] = node;
	}
}

/* The node of a host bridge. Devices of the same bridge follow each other, so the last is kept. */
static const char *bridge_node(struct devicetree *devicetree, const struct device *device,
			       size_t length)
{
	if (length != devicetree->bridge_length ||
	    memcmp(devicetree->bridge, device->path, length) != 0) {
		snprintf(devicetree->bridge, sizeof(devicetree->bridge), "%.*s", (int)length,
			 device->path);
		devicetree->bridge_length = length;
		devicetree->bridge_node = node_of(devicetree, devicetree->bridge);
	}
	return devicetree->bridge_node;
}

static void choose_bridges(struct devicetree *devicetree)
{
	struct build *build = devicetree->reading->build;
	const char *last = NULL;

	for (size_t i = 0; i < build_device_count(build); i++) {
		const struct device *device = build_device_at(build, i);
		const char *end = pci_bridge_end(device), *node;

		node = end ? bridge_node(devicetree, device, (size_t)(end - device->path)) : NULL;
		if (node && node != last)
			devicetree->paths[devicetree->path_count++] = node;
		last = node;
	}
}

static const struct iommu *registered(struct build *build, const struct node *node)
{
	for (size_t i = 0; node && i < build_iommu_count(build); i++) {
		const struct iommu *iommu = build_iommu_at(build, i);

		if (iommu->firmware_node && strcmp(iommu->firmware_node, node->path) == 0)
			return iommu;
	}
	return NULL;
}

static void set_stream_id(struct devicetree *devicetree, struct stream *stream,
			  const struct node *iommu, const struct dt_id *id)
{
	struct build *build = devicetree->reading->build;

	stream_iommu(stream, registered(build, iommu),
		     iommu ? arena_strdup(build_arena(build), iommu->path) : NULL);
	if (iommu)
		stream->iommu_kind = dt_iommu_kind(iommu);
	stream->kind = STREAM_ID;
	if (id->has_id) {
		stream->id = id->id;
		stream->mask = id->mask;
	}
	if (iommu && !iommu->available)
		stream->error = "the IOMMU is disabled in the devicetree";
	if (id->error)
		stream_fault(build, stream, id->error);
}

static void add_own_streams(struct devicetree *devicetree, struct device *device)
{
	const struct node *node = device->firmware_node && *device->firmware_node == '/'
					  ? tree_find(devicetree->tree, device->firmware_node)
					  : NULL;

	for (size_t i = 0; node && i < devicetree->stream_count; i++) {
		const struct dt_stream *found = &devicetree->streams[i];
		struct stream *stream;

		if (found->device != node || found->source == DT_STREAM_IOMMU_MAP)
			continue;
		stream = build_stream(devicetree->reading->build, device);
		stream->source = found->source == DT_STREAM_IOMMUS ? STREAM_FROM_IOMMUS
								   : STREAM_FROM_MMU_MASTERS;
		stream->available = found->available;
		set_stream_id(devicetree, stream, found->iommu, &found->id);
		if (found->error)
			stream_fault(devicetree->reading->build, stream, found->error);
	}
}

/* The stride by which the running kernel reads iommu-map; else the one that reads it well. */
static enum dt_stride stride_of(const struct devicetree *devicetree, const struct node *bridge)
{
	switch (devicetree->map_cells) {
	case ANSWER_YES:
		return DT_STRIDE_TARGET;
	case ANSWER_NO:
		return DT_STRIDE_FIXED;
	default:
		return dt_map_stride(devicetree->tree, bridge);
	}
}

/*
 * Distributions carry newer code under older numbers: a device's group proves that the kernel found
 * its ID.
 */
static struct dt_mapping map_as_kernel(const struct devicetree *devicetree,
				       const struct device *device, const struct node *bridge,
				       uint16_t rid, struct dt_mapping *ret_other)
{
	enum dt_stride stride = stride_of(devicetree, bridge);
	struct dt_mapping mapping = dt_map_rid(devicetree->tree, bridge, rid, stride);

	*ret_other = dt_map_rid(devicetree->tree, bridge, rid,
				stride == DT_STRIDE_FIXED ? DT_STRIDE_TARGET : DT_STRIDE_FIXED);
	return mapping.fault && device->group && !ret_other->fault ? *ret_other : mapping;
}

/* The sentence of a faulty map; where kernels of another version read it well, with that. */
static const char *map_error(struct devicetree *devicetree, const struct dt_mapping *mapping,
			     const struct dt_mapping *other)
{
	struct arena *arena = build_arena(devicetree->reading->build);
	const char *text = dt_map_fault_message(arena, mapping->fault, mapping->phandle);

	if (other->fault)
		return text;
	return arena_printf(arena, "%s; %s", text,
			    devicetree->map_cells == ANSWER_YES
				    ? "this kernel takes as many cells as #iommu-cells says, and "
				      "older ones, which take one, read it well"
				    : "this kernel takes one cell for each entry, and newer ones, "
				      "which take as many as #iommu-cells says, read it well");
}

/*
 * An ID that no entry covers passes by the IOMMU. The kernel takes it for an error where another ID
 * of the device is covered, and leaves the device without its IOMMU (of_iommu.c:
 * of_iommu_configure).
 */
static void set_uncovered(struct devicetree *devicetree, struct stream *stream, uint16_t rid)
{
	stream->uncovered = true;
	stream->kind = STREAM_ID;
	stream->error =
		arena_printf(build_arena(devicetree->reading->build),
			     "no entry of iommu-map covers the ID 0x%x, so the kernel gives the "
			     "device no IOMMU",
			     rid);
}

static void add_mapped(struct devicetree *devicetree, struct device *device,
		       const struct node *bridge, const struct pci_place *place, uint16_t rid)
{
	struct dt_mapping other;
	struct dt_mapping mapping = map_as_kernel(devicetree, device, bridge, rid, &other);
	struct stream *stream;

	if (mapping.fault == DT_MAP_ABSENT)
		return;
	stream = build_stream(devicetree->reading->build, device);
	stream->source = STREAM_FROM_IOMMU_MAP;
	stream->available = bridge->available;
	if (rid != place->rid)
		stream->alias_of = place->rid;
	if (mapping.fault == DT_MAP_UNCOVERED)
		set_uncovered(devicetree, stream, rid);
	else if (mapping.fault)
		stream->error = map_error(devicetree, &mapping, &other);
	else
		set_stream_id(devicetree, stream, mapping.iommu, &mapping.id);
}

static void add_pci_streams_dt(struct devicetree *devicetree, struct device *device)
{
	struct pci_place place;
	const struct node *bridge;
	const char *path;

	if (!pci_locate(devicetree->reading->root, device, &devicetree->memory, &place))
		return;
	path = bridge_node(devicetree, device, place.bridge_length);
	bridge = path ? tree_find(devicetree->tree, path) : NULL;
	for (size_t i = 0; bridge && i < place.rid_count; i++)
		add_mapped(devicetree, device, bridge, &place, place.rids[i]);
	if (place.aliases_unknown)
		streams_doubt(devicetree->reading->build, device);
}

static void add_unregistered_nodes(const struct devicetree *devicetree)
{
	struct build *build = devicetree->reading->build;
	struct arena *arena = build_arena(build);
	const struct dt_iommu *iommus;
	size_t count = dt_iommus(devicetree->tree, devicetree->scratch, &iommus);

	for (size_t i = 0; i < count; i++) {
		const char *path = iommus[i].node->path;
		struct iommu *iommu;

		if (registered(build, iommus[i].node))
			continue;
		iommu = build_iommu(build, arena_strdup(arena, path));
		iommu->kind = iommus[i].kind;
		iommu->foreign_kind = arena_strdup(arena, iommus[i].compatible);
		iommu->firmware_node = iommu->name;
		iommu->state = iommus[i].node->available ? IOMMU_UNKNOWN : IOMMU_DISABLED;
		iommu->unregistered = true;
	}
}

/* The nodes of this machine's devices suffice for their streams, but not for all IOMMUs. */
static int read_tree(struct devicetree *devicetree, struct error *why)
{
	const struct root *root = devicetree->reading->root;

	if (reading_wants(devicetree->reading, FACT_ALL_IOMMUS))
		return dt_live_read_all(root, devicetree->scratch, DT_LIVE_STREAMS,
					&devicetree->tree, why);
	return dt_live_read(root, devicetree->scratch, devicetree->paths, devicetree->path_count,
			    &devicetree->tree, why);
}

/* The release is read here, as the source of the machine's facts comes later. */
static enum answer read_map_cells(const struct reading *reading)
{
	char release[ATTRIBUTE_MAX];

	if (root_read_text(reading->root, RELEASE_FILE, release, sizeof(release)) <= 0)
		return ANSWER_UNKNOWN;
	return kernel_has(release, KERNEL_MAP_CELLS);
}

int streams_devicetree(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct devicetree devicetree = {.reading = reading, .scratch = scratch};
	struct error why = {0};
	int result;

	devicetree.map_cells = read_map_cells(reading);
	choose_nodes(&devicetree);
	choose_bridges(&devicetree);
	result = read_tree(&devicetree, &why);
	if (result < 0) {
		build_source(reading->build, "devicetree", SOURCE_MALFORMED, "%s: %s", TREE,
			     why.message);
		return 0;
	}
	devicetree.stream_count = dt_streams(devicetree.tree, scratch, &devicetree.streams);
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);

		if (device_is_pci(device))
			add_pci_streams_dt(&devicetree, device);
		else
			add_own_streams(&devicetree, device);
	}
	/* Streams refer to registered IOMMUs only, so the others are added after them. */
	if (reading_wants(reading, FACT_ALL_IOMMUS))
		add_unregistered_nodes(&devicetree);
	reading_done(reading, "devicetree");
	return 0;
}
