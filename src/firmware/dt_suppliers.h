/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_suppliers - what a node of a devicetree depends on
 *
 * Follows the kernel's list of properties that make fw_devlink wait
 * (drivers/of/property.c: of_supplier_bindings), with these differences: a place left empty in a
 * list does not end it; remote-endpoint, whose two ends name each other, interrupt-map and
 * post-init-providers are left out.
 */
#pragma once

#include "firmware/tree.h"

/**
 * struct dt_supplier - one dependency
 * @kind: what it supplies, a word: "iommu", "clock", "power-domain", "reset", "regulator", …
 * @property: where it is named
 * @node: what is named there, such as one regulator of a chip; NULL where no node has the phandle
 * @device: the node that a driver binds to: @node or the nearest above it with a compatible; NULL
 * where there is none
 * Whether a supplier can come at all: device->available.
 */
struct dt_supplier {
	const char *kind;
	const char *property;
	const struct node *node;
	const struct node *device;
};

/**
 * dt_suppliers - what @node itself depends on, in the order of its properties, each supplier once
 * per property. Suppliers that are @node itself or below it are left out, as in the kernel.
 * @ret_suppliers: array in @arena     Returns: how many
 */
size_t dt_suppliers(const struct tree *tree, const struct node *node, struct arena *arena,
		    const struct dt_supplier **ret_suppliers);
