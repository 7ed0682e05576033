/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names - the names that the hardware database has for the PCI devices of one machine
 */
#pragma once

#include "base/arena.h"
#include "model/system.h"

/**
 * names_lines - the lines of CAPTURED_NAMES: one for each distinct ID that has a name
 * @system: was read with FACT_NAMES     @ret_lines: in @arena
 * Returns: 0; -ENOENT without a database; another negative errno where it cannot be read.
 */
_must_check_ int names_lines(const struct system *system, struct arena *arena,
			     const char **ret_lines);
