/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams from the running kernel's devicetree: a platform device through its own node, a PCI
 * device through the iommu-map of its host bridge, once for each of its requester IDs
 * (drivers/iommu/of_iommu.c). A PAMU has no such references: the LIODNs are in the device's node,
 * those of a PCI device in that of its host bridge (drivers/iommu/fsl_pamu_domain.c).
 */
#include "sources/firmware/streams_dt.h"
#include "firmware/dt_iommus.h"
#include "firmware/dt_live.h"
#include "firmware/dt_streams.h"
#include "model/kernel_release.h"
#include "model/mapped_bus.h"
#include "model/pci.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char TREE[] = "/sys/firmware/devicetree/base";

/* The node that the link of_node in @folder leads to, in the scratch arena; NULL without a link. */
static const char *node_of(struct devicetree *devicetree, const char *folder)
{
	char node[PATH_SIZE];

	return dt_live_node(devicetree->reading->root, folder, node) > 0
		       ? arena_strdup(devicetree->scratch, node)
		       : NULL;
}

static bool has_own_stream(const struct devicetree *devicetree, const char *node)
{
	const struct root *root = devicetree->reading->root;

	return dt_live_has(root, node, "iommus") || dt_live_has(root, node, "fsl,liodn");
}

static void choose_nodes(struct devicetree *devicetree)
{
	struct build *build = devicetree->reading->build;
	size_t devices = build_device_count(build), iommus = build_iommu_count(build);

	/* For each device its own node, and that of the host bridge or bus above it. */
	devicetree->paths = arena_array(devicetree->scratch, 2 * devices + iommus, sizeof(char *));
	for (size_t i = 0; i < devices; i++) {
		const char *node = build_device_at(build, i)->firmware_node;

		if (node && *node == '/' && has_own_stream(devicetree, node))
			devicetree->paths[devicetree->path_count++] = node;
	}
	for (size_t i = 0; i < iommus; i++) {
		const char *node = build_iommu_at(build, i)->firmware_node;

		if (node && *node == '/')
			devicetree->paths[devicetree->path_count++] = node;
	}
}

const char *streams_dt_node(struct devicetree *devicetree, const struct device *device,
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

/* How much of the device's path is the folder whose node has the iommu-map for it; 0 for none. */
static size_t map_holder_length(struct devicetree *devicetree, const struct device *device)
{
	const char *end = pci_bridge_end(device);

	return end ? (size_t)(end - device->path) : streams_dt_holder_length(devicetree, device);
}

static void choose_map_holders(struct devicetree *devicetree)
{
	struct build *build = devicetree->reading->build;
	const char *last = NULL;

	for (size_t i = 0; i < build_device_count(build); i++) {
		const struct device *device = build_device_at(build, i);
		size_t length = map_holder_length(devicetree, device);
		const char *node = length ? streams_dt_node(devicetree, device, length) : NULL;

		if (node && node != last)
			devicetree->paths[devicetree->path_count++] = node;
		last = node;
	}
}

const struct iommu *streams_dt_registered(struct build *build, const struct node *node)
{
	for (size_t i = 0; node && i < build_iommu_count(build); i++) {
		const struct iommu *iommu = build_iommu_at(build, i);

		if (iommu->firmware_node && strcmp(iommu->firmware_node, node->path) == 0)
			return iommu;
	}
	return NULL;
}

enum stream_source streams_dt_source(enum dt_stream_source source)
{
	static const enum stream_source sources[DT_STREAM_SOURCE_COUNT] = {
		[DT_STREAM_IOMMUS] = STREAM_FROM_IOMMUS,
		[DT_STREAM_IOMMU_MAP] = STREAM_FROM_IOMMU_MAP,
		[DT_STREAM_MMU_MASTERS] = STREAM_FROM_MMU_MASTERS,
		[DT_STREAM_LIODN] = STREAM_FROM_LIODN,
	};

	return sources[source];
}

void streams_dt_set_id(struct devicetree *devicetree, struct stream *stream,
		       const struct node *iommu, const struct dt_id *id)
{
	struct build *build = devicetree->reading->build;

	stream_iommu(stream, streams_dt_registered(build, iommu),
		     iommu ? arena_strdup(build_arena(build), iommu->path) : NULL);
	if (iommu) {
		stream->iommu_kind = dt_iommu_kind(iommu);
		stream->selective = dt_iommu_is_selective(iommu);
	}
	stream->kind = STREAM_ID;
	if (id->has_id) {
		stream->id = id->id;
		stream->mask = id->mask;
	}
	stream->whole = id->whole;
	if (iommu && !iommu->available)
		stream->error = "the IOMMU is disabled in the devicetree";
	if (id->error)
		stream_fault(build, stream, id->error);
}

/* The tree of firmware is freed before the snapshot is. */
static void copy_spec(struct build *build, struct stream *stream, const struct dt_stream *found)
{
	uint32_t *cells = arena_array(build_arena(build), found->spec_count, sizeof(*cells));

	for (size_t i = 0; i < found->spec_count; i++)
		cells[i] = found->spec[i];
	stream->spec = cells;
	stream->spec_count = found->spec_count;
}

static void add_dt_found(struct devicetree *devicetree, struct device *device,
			 const struct dt_stream *found)
{
	struct build *build = devicetree->reading->build;
	struct stream *stream = build_stream(build, device);

	stream->source = streams_dt_source(found->source);
	stream->available = found->available;
	copy_spec(build, stream, found);
	streams_dt_set_id(devicetree, stream, found->iommu, &found->id);
	if (found->error)
		stream_fault(build, stream, found->error);
}

static void add_own_streams(struct devicetree *devicetree, struct device *device)
{
	const struct node *node = device->firmware_node && *device->firmware_node == '/'
					  ? tree_find(devicetree->tree, device->firmware_node)
					  : NULL;

	for (size_t i = 0; node && i < devicetree->stream_count; i++)
		if (devicetree->streams[i].device == node &&
		    devicetree->streams[i].source != DT_STREAM_IOMMU_MAP)
			add_dt_found(devicetree, device, &devicetree->streams[i]);
}

/* Few machines have LIODNs: on all others no stream is looked at again for each PCI device. */
static bool any_liodn(const struct devicetree *devicetree)
{
	for (size_t i = 0; i < devicetree->stream_count; i++)
		if (devicetree->streams[i].source == DT_STREAM_LIODN)
			return true;
	return false;
}

/* The kernel gives each PCI device below a host bridge all LIODNs of the bridge. */
static void add_bridge_liodns(struct devicetree *devicetree, struct device *device,
			      const struct node *bridge)
{
	for (size_t i = 0; devicetree->has_liodns && i < devicetree->stream_count; i++)
		if (devicetree->streams[i].device == bridge &&
		    devicetree->streams[i].source == DT_STREAM_LIODN)
			add_dt_found(devicetree, device, &devicetree->streams[i]);
}

static void add_pci_streams_dt(struct devicetree *devicetree, struct device *device)
{
	struct pci_place place;
	const struct node *bridge;
	const char *path;

	if (!pci_locate(devicetree->reading->root, device, &devicetree->memory, &place))
		return;
	path = streams_dt_node(devicetree, device, place.bridge_length);
	bridge = path ? tree_find(devicetree->tree, path) : NULL;
	for (size_t i = 0; bridge && i < place.rid_count; i++) {
		struct stream *stream =
			streams_dt_add_mapped(devicetree, device, bridge, place.rids[i]);

		if (stream && place.rids[i] != place.rid)
			stream->alias_of = place.rid;
	}
	if (bridge)
		add_bridge_liodns(devicetree, device, bridge);
	if (place.unknown)
		streams_doubt(devicetree->reading->build, device, place.unknown);
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

		if (streams_dt_registered(build, iommus[i].node))
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
int streams_devicetree(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct devicetree devicetree = {.reading = reading, .scratch = scratch};
	struct error why = {0};
	int result;

	pci_memory_start(&devicetree.memory, reading->root);
	devicetree.map_cells = kernel_has(devicetree.memory.release, KERNEL_MAP_CELLS);
	choose_nodes(&devicetree);
	choose_map_holders(&devicetree);
	result = read_tree(&devicetree, &why);
	if (result < 0) {
		build_source(reading->build, "devicetree", SOURCE_MALFORMED, "%s: %s", TREE,
			     why.message);
		return 0;
	}
	devicetree.stream_count = dt_streams(devicetree.tree, scratch, &devicetree.streams);
	devicetree.has_liodns = any_liodn(&devicetree);
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);

		if (device_is_pci(device))
			add_pci_streams_dt(&devicetree, device);
		else if (mapped_bus_find(device->bus))
			streams_dt_add_bus(&devicetree, device);
		else
			add_own_streams(&devicetree, device);
	}
	/* Streams refer to registered IOMMUs only, so the others are added after them. */
	if (reading_wants(reading, FACT_ALL_IOMMUS))
		add_unregistered_nodes(&devicetree);
	reading_done(reading, "devicetree");
	return 0;
}
