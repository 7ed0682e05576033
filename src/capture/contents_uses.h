/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contents_uses - the part of a capture that says who uses what: device nodes, what is made of
 * disks, mounts of each namespace, swap, consoles, other tools
 */
#pragma once

#include "capture/contents.h"

/**
 * contents_add_uses - add all that sources of uses read, but for descriptors of processes
 * Returns: a negative errno where no process can be started that asks for claims of disks.
 */
int contents_add_uses(struct contents *contents, const struct root *root, struct error *e);
