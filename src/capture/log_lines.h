/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log_lines - the part of the kernel log that a capture contains */
#pragma once

#include "base/arena.h"

#include <stddef.h>

/**
 * log_lines - the lines of @log about IOMMUs, VFIO and probing; all others are left out, as they
 * may be private
 */
const char *log_lines(const char *log, struct arena *arena, size_t *ret_length);
