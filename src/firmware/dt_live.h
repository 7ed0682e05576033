/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_live - the running kernel's devicetree, unpacked in /sys/firmware/devicetree/base
 *
 * This folder is current (with overlays) and readable for all users; the blob /sys/firmware/fdt is
 * neither. But each property is a file, so reading few of them is faster. On a laptop's tree of
 * 1,000 nodes and 4,100 properties (sc7280, unpacked in tmpfs, one core of an x86 server):
 * dt_live_has 0.6 us; dt_live_read of 26 nodes 0.3 ms; the whole, for streams 3.3 ms, with all
 * properties 5.3 ms. sysfs takes up to twice as long per file, an embedded core several times that,
 * and other trees have 3,000 nodes.
 *
 * Children are in the order of their names, not of the blob. Properties that this process may not
 * read (security-*) are left out. None of these files is read under a lock: reading cannot hang.
 */
#pragma once

#include "base/root.h"
#include "firmware/tree.h"

/** enum dt_live_facts - which properties to read */
enum dt_live_facts {
	/* the properties that dt_streams, dt_iommus, dt_map_rid and dt_reserved read */
	DT_LIVE_STREAMS,
	DT_LIVE_ALL, /* all properties, for dt_suppliers */
};

/**
 * dt_live_has - true where a node has a property; two system calls
 * @path: of the node, such as "/soc/ethernet@1000"
 * Cheap enough for every device: ask for "iommus", or for "iommu-map" of a host bridge's parent.
 */
bool dt_live_has(const struct root *root, const char *path, const char *property) _nonnull_();

/**
 * dt_live_node - the node that a device was made for, by the link of_node in its folder
 * @folder: in sysfs     @path: of the node, such as "/soc/ethernet@1000"
 * Returns: 1; 0 where the device has no such link, or the node is the root; a negative errno.
 */
_must_check_ int dt_live_node(const struct root *root, const char *folder,
			      char path[static PATH_SIZE]) _nonnull_();

/**
 * dt_live_read - a tree of some nodes, their ancestors, and the IOMMUs that they refer to
 * @paths: full paths of nodes, in any order: devices of interest, and (from of_node of
 * /sys/class/iommu/NAME/device) IOMMUs that exist. Nodes that do not exist are left out.
 * Only the properties of DT_LIVE_STREAMS are read; memory-region is not followed. A device may
 * refer to an IOMMU that is not in @paths, because the IOMMU has not probed or is disabled. Only a
 * search of the whole tree finds it: then the result is the whole tree, as slow as
 * dt_live_read_all.
 * Returns: 0; -ENOENT (@e untouched) where the machine has no devicetree; another negative errno.
 */
_must_check_ int dt_live_read(const struct root *root, struct arena *arena,
			      const char *const *paths, size_t count, const struct tree **ret_tree,
			      struct error *e) _nonnull_(1, 2, 5, 6);

/** dt_live_read_all - a tree of all nodes     Returns: see dt_live_read */
_must_check_ int dt_live_read_all(const struct root *root, struct arena *arena,
				  enum dt_live_facts facts, const struct tree **ret_tree,
				  struct error *e) _nonnull_();
