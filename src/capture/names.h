/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names - the names that the hardware database has for the PCI devices of one machine
 */
#pragma once

#include "base/arena.h"
#include "base/root.h"

/**
 * names_read - the lines of CAPTURED_NAMES: one for each distinct ID that has a name
 * @arena: owns the lines
 * Returns: 0; -ENOENT without a database; another negative errno where it cannot be read, or no
 * system.
 */
_must_check_ int names_read(const struct root *root, struct arena *arena, const char **ret_lines,
			    size_t *ret_length);
