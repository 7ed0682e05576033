/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_live - the lines of sources/network/network.h, from every network namespace of the
 * running machine
 */
#pragma once

#include "base/arena.h"
#include "base/processes.h"
#include "base/root.h"

/** network_live - read the lines of the running machine's network */
int network_live(const struct root *root, struct arena *arena, struct processes *processes,
		 char **ret_text);
