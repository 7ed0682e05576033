/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fdt - flat devicetree blobs: .dtb files, /sys/firmware/fdt. The only user of libfdt.
 *
 * A blob is foreign bytes: whatever it holds, decoding it ends in a tree or in an error. libfdt
 * judges the header; the structure block is then walked once, here. libfdt's own walk costs more
 * than all the rest of the work (63 instead of 25 ms for Debian's 577 arm64 blobs), and before 1.7
 * its fdt_check_full reads out of bounds where a property's length is near 2^32. What is accepted
 * is what that accepts, less what firmware/tree.h excludes, plus NOPs behind the root node, which
 * the kernel takes too; memory reservations are not looked at. tests/unit/fdt.c and
 * tests/fuzz/fdt.c hold the two against each other.
 */
#pragma once

#include "firmware/tree.h"

enum {
	/** bytes worth reading of a file; the kernel takes 2 MiB on arm64 */
	FDT_SIZE_MAX = 8 << 20,
};

/**
 * fdt_decode - the tree in a blob
 * @bytes: the file, at any alignment; borrowed for as long as the tree is used
 * @length: may be more than the blob says of itself, never less
 * Returns: 0, or -EINVAL and ERROR_MALFORMED: what is wrong, and at which offset of the file.
 * Versions before 16 (dtc left them behind in 2005) are refused.
 */
_must_check_ int fdt_decode(struct arena *arena, const void *bytes, size_t length,
			    const struct tree **ret_tree, struct error *e);
