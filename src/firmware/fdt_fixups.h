/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fdt_fixups - the places of an overlay that name phandles, which change when it is applied
 *
 * The nodes below __local_fixups__ stand for nodes of the overlay, and their properties are offsets
 * in the properties of these. Properties of __fixups__ are lists of "PATH:PROPERTY:OFFSET"
 * (Documentation/devicetree/dynamic-resolution-notes.rst; dtc, livetree.c). libfdt 1.6 and 1.7 read
 * and write at such an offset before they compare it with the length of the property
 * (fdt_overlay.c: overlay_update_local_node_references).
 */
#pragma once

#include "firmware/tree.h"

/**
 * fdt_fixups_check - every such place lies within a property of the overlay
 * Nodes and properties are found as libfdt finds them.
 * Returns: 0; -EINVAL and ERROR_MALFORMED, whose message names the place.
 */
_must_check_ int fdt_fixups_check(const struct tree *overlay, struct error *e) _nonnull_();
