/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network_lines - the network in a capture: which interfaces are used, without their addresses */
#pragma once

#include "capture/disguise.h"

/**
 * network_lines - @lines (sources/network/network.h) with replaced addresses
 * @lines: must stay as long as @disguise     The other end of a session is left out.
 */
const char *network_lines(const char *lines, struct disguise *disguise, size_t *ret_length);
