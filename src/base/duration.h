/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duration - parse a length of time as users write it */
#pragma once

#include <stdbool.h>

/**
 * duration_parse - parse a time span of systemd.time(7): "30", "0.5", "500ms", "5s", "2min", "1h
 * 30min"
 * A number without a unit is seconds. Units: ms, s, sec, m, min, h, hr, d.
 * @ret_ms: milliseconds, 1 to INT_MAX (24 days); untouched on failure
 * Returns: false for any other text, and for a time that rounds to 0.
 */
bool duration_parse(const char *text, int *ret_ms);
