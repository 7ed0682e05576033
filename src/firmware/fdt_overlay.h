/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fdt_overlay - a devicetree blob with overlays (.dtbo) applied, as a boot loader applies them
 *
 * An overlay has fragments, and each names the node of the base that it changes: by a path, or by a
 * label of the base. Labels are in a blob only where dtc was given "-@" (its node __symbols__).
 */
#pragma once

#include "firmware/tree.h"

/** struct fdt_file - the bytes of a file, and its name for messages */
struct fdt_file {
	const char *name;
	const char *bytes;
	size_t length;
};

/** fdt_is_overlay - true for a tree that has a fragment of an overlay */
bool fdt_is_overlay(const struct tree *tree) _nonnull_();

/**
 * fdt_overlay - apply overlays to a blob
 * @base: the blob     @overlays: @count of them, in the order in which they are applied
 * Returns: 0 with the tree that they make, in @arena; -EINVAL and ERROR_MALFORMED, whose message
 * names the file: bad bytes, a file that is no overlay, an overlay as the base, an overlay that
 * does not fit its base (which label or path the base does not have).
 */
_must_check_ int fdt_overlay(struct arena *arena, const struct fdt_file *base,
			     const struct fdt_file *overlays, size_t count,
			     const struct tree **ret_tree, struct error *e) _nonnull_(1, 2, 5, 6);
