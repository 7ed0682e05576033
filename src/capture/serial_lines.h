/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serial_lines - the lines of CAPTURED_SERIALS (sources/devices/serials.h) of a capture */
#pragma once

#include "base/root.h"
#include "capture/disguise.h"
#include "model/system.h"

/**
 * serial_lines - the lines for all devices of @system, which was read with all of them in focus and
 * FACT_PINS
 */
const char *serial_lines(const struct system *system, struct disguise *disguise);

/** machine_words - vendor and model of the machine, without a serial of it; in @arena */
const char *machine_words(const struct root *root, struct arena *arena);
