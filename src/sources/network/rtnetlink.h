/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink - read the lines of sources/network/network.h from the kernel or from a captured tree
 */
#pragma once

#include "base/arena.h"
#include "base/processes.h"
#include "base/root.h"

/**
 * network_read - read the lines
 * Returns: 0 and a text in @arena; a negative errno.
 */
int network_read(const struct root *root, struct arena *arena, struct processes *processes,
		 char **ret_text);
