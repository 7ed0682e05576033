/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_suppliers - what a node of a devicetree depends on
 *
 * Follows the kernel's list of properties that make fw_devlink wait
 * (drivers/of/property.c: of_supplier_bindings, Linux 7.3), with one difference: an empty entry
 * (phandle 0) does not end a list. The kernel waits for the controllers of an interrupt-map since
 * 6.10, for remote endpoints since 5.13 or earlier (5.10 does not).
 */
#pragma once

#include "firmware/tree.h"

/**
 * struct dt_supplier - one dependency
 * @kind: a word for the thing it supplies: "iommu", "clock", "power-domain", "reset", "regulator",
 * …
 * @property: the property of the consumer that names it
 * @node: the node that the property refers to, such as one regulator of a chip; NULL where no node
 * has the phandle
 * @device: the node that a driver binds to: @node or the nearest above it with a compatible; NULL
 * where there is none
 * @optional: fw_devlink does not wait for it: DMA channels, a device at the other end of an
 * endpoint that names this one back, and what post-init-providers lists
 * A supplier can probe only if device->available.
 */
struct dt_supplier {
	const char *kind;
	const char *property;
	const struct node *node;
	const struct node *device;
	bool optional;
};

/**
 * dt_suppliers - the suppliers of @node itself, in the order of its properties, each once per
 * property; after these the devices at the other ends of its endpoints. Suppliers that are @node
 * itself or below it are left out, as in the kernel.
 * @ret_suppliers: array in @arena     Returns: how many
 */
size_t dt_suppliers(const struct tree *tree, const struct node *node, struct arena *arena,
		    const struct dt_supplier **ret_suppliers) _nonnull_();
