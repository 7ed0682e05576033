/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deferral_tree - deferrals as a tree: each root cause once, and below it the devices that wait
 *
 * The tree goes from the root cause to the devices, the other way round than @links of a deferral.
 * Of several suppliers that a device waits for, it has those between the device and the cause.
 */
#pragma once

#include "checks/deferral.h"

/**
 * struct deferral_node - a device that waits, or a supplier on the way to its cause
 * @deferral: of the device; for a supplier, the first deferral behind it
 * @link: the link to the supplier; NULL for a device that waits
 * @parent: the index of the node above it, or -1 for a root cause
 */
struct deferral_node {
	const struct deferral *deferral;
	const struct link *link;
	int parent;
};

/**
 * deferral_tree - the nodes in the order of printing, each below its parent; in @arena
 * Root causes are in the order of deferrals_findings. A supplier that waits itself is one node.
 * Returns: *ret_count nodes.
 */
const struct deferral_node *deferral_tree(const struct deferrals *found, struct arena *arena,
					  size_t *ret_count);
