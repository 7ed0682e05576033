/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fdt - flat devicetree blobs: .dtb files, /sys/firmware/fdt. Beside fdt_overlay the only user of
 * libfdt.
 *
 * A blob is not trusted: whatever its bytes, decoding ends in a tree or in an error. libfdt checks
 * the header; then this file walks the structure block once. libfdt's own walk costs more than all
 * the rest of the work (63 instead of 25 ms for Debian's 577 arm64 blobs), and before 1.7 its
 * fdt_check_full reads out of bounds where a property's length is near 2^32. fdt_decode accepts the
 * same blobs as fdt_check_full, with three differences: firmware/tree.h sets limits, NOPs after the
 * root node are accepted (as in the kernel), and memory reservations are not checked.
 * tests/unit/fdt.c and tests/fuzz/fdt.c compare the two.
 */
#pragma once

#include "firmware/tree.h"

enum {
	/** the largest file that is read, in bytes; the kernel accepts 2 MiB on arm64 */
	FDT_SIZE_MAX = 8 << 20,
};

/**
 * fdt_decode - the tree in a blob
 * @bytes: the file, at any alignment; borrowed for as long as the tree is used
 * @length: at least the size in the blob's header; more is allowed
 * Returns: 0, or -EINVAL and ERROR_MALFORMED, whose message names the fault and its offset in the
 * file.
 * Versions before 16 (dtc left them behind in 2005) are refused.
 */
_must_check_ int fdt_decode(struct arena *arena, const void *bytes, size_t length,
			    const struct tree **ret_tree, struct error *e) _nonnull_();
