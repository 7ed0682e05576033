/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * claims - whether a disk, or a partition of a used one, of which no use is known can be had alone
 *
 * A pool of ZFS, or a mount that is in no namespace any more, leave no trace but this: the kernel
 * refuses O_EXCL (block/bdev.c: bd_may_claim; a claim of a partition is one of its disk).
 */
#pragma once

#include "sources/usage/blocks.h"

/**
 * Of a captured tree: the disks and partitions that were claimed when it was taken, their nodes
 * below /dev, one a line. Where the file is missing, claims are unknown.
 */
#define CAPTURED_CLAIMS "/iommuctl/claimed"

/**
 * claim_try - whether the block device @path can be had alone, for a guarded child (base/guard.h)
 * Returns: 0, with no bytes; -EBUSY where the kernel has it claimed, or why that cannot be said.
 */
ssize_t claim_try(const struct root *root, const char *path, char *bytes, size_t size);

/** claims_ask - leaves USE_CLAIM; a negative errno where no process for it can be started */
int claims_ask(struct blocks *blocks, struct error *e);
