/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * claims - whether the kernel refuses an exclusive open of a disk or partition without a known use
 *
 * A ZFS pool, or a mount that is in no namespace any more, leaves no other trace: the kernel
 * refuses O_EXCL (block/bdev.c: bd_may_claim; a claim of a partition is a claim of its disk).
 */
#pragma once

#include "sources/usage/blocks.h"

/**
 * The file of a captured tree that lists claimed disks and partitions: their nodes below /dev, one
 * a line. Where the file is missing, claims are unknown.
 */
#define CAPTURED_CLAIMS "/iommuctl/claimed"

/**
 * claim_try - open the block device @path exclusively and close it; for a guarded child
 * (base/guard.h)
 * Returns: 0 (no bytes) where it is free; -EBUSY where the kernel has it claimed; another errno
 * where this is unknown.
 */
ssize_t claim_try(const struct root *root, const char *path, char *bytes, size_t size);

/**
 * struct captured_claims - the lines of CAPTURED_CLAIMS; of a captured tree alone
 * @nodes: the number of each claimed node is 1     @result: 0, or why the file could not be read
 */
struct captured_claims {
	struct text_map *nodes;
	int result;
};

/** claims_read - read CAPTURED_CLAIMS, once for all devices; @arena owns the result */
struct captured_claims claims_read(const struct root *root, struct arena *arena);

/**
 * claims_ask - add USE_CLAIM for claimed disks and partitions
 * @captured: of a captured tree; a live machine is asked
 * Returns: a negative errno where the guarded child cannot be started.
 */
_must_check_ int claims_ask(struct blocks *blocks, const struct captured_claims *captured,
			    struct error *e);
