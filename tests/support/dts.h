/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dts - devicetrees for tests: compile source text, decode the blob, and print a tree's streams */
#pragma once

#include "firmware/tree.h"

#include <stdio.h>

/**
 * dts_blob - compile devicetree source with dtc; fails the test where dtc fails
 * Returns: the blob, aligned, in @arena.
 */
const uint8_t *dts_blob(struct arena *arena, const char *source, size_t *ret_length);

/** dts_tree - compile and decode devicetree source */
const struct tree *dts_tree(struct arena *arena, const char *source);

/** dts_node - the node of that path; fails the test where there is none */
const struct node *dts_node(const struct tree *tree, const char *path);

/**
 * print_streams - one line for each stream; fields between tabs, '-' for none:
 * property, device, available, iommu, cells, id, mask, rid_base, length, map mask, error.
 * "readings-disagree" and "cut" stand before the error where they apply.
 */
void print_streams(const struct tree *tree, FILE *out);
