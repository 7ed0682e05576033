/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contents_uses - the part of a capture about uses: device nodes, stacks on disks, mounts of each
 * namespace, swap, consoles, other tools
 */
#pragma once

#include "capture/contents.h"

/**
 * contents_add_uses - add everything that sources of uses read, except descriptors of processes
 * Returns: a negative errno where the child process that tests claims of disks cannot be started.
 */
int contents_add_uses(struct contents *contents, const struct root *root, struct error *e);
