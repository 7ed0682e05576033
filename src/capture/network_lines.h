/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_lines - what a capture says of the network: who uses which interface, not where it is
 */
#pragma once

#include "base/arena.h"

#include <stddef.h>

/**
 * network_lines - @lines (sources/network/network.h) with a made-up address in the place of each
 * one The same address is the same afterwards, so that a session is still found; link-local ones
 * stay link-local. Who the other end of a session is, is left out.
 */
const char *network_lines(const char *lines, struct arena *arena, size_t *ret_length);
