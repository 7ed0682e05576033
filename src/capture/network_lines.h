/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network_lines - the network in a capture: which interfaces are used, without their addresses */
#pragma once

#include "base/arena.h"

#include <stddef.h>

/**
 * network_lines - @lines (sources/network/network.h) with each address replaced by a made-up one
 * The same address is always replaced by the same one, so that a session is still found; link-local
 * ones stay link-local. The other end of a session is left out.
 */
const char *network_lines(const char *lines, struct arena *arena, size_t *ret_length);
