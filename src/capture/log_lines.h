/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_lines - the part of the kernel log that a capture takes along
 */
#pragma once

#include "base/arena.h"

#include <stddef.h>

/** log_lines - the lines of @log that speak of IOMMUs, VFIO and probing; the rest is nobody's
 * business */
const char *log_lines(const char *log, struct arena *arena, size_t *ret_length);
