/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_line - options of the kernel's command line about IOMMUs */
#pragma once

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/text.h"

/**
 * command_line_iommu_off - true where the command line has an option that turns IOMMUs off
 * (Documentation/admin-guide/kernel-parameters.txt)
 * @line: of /proc/cmdline, or NULL
 */
bool command_line_iommu_off(const char *line);

/**
 * command_line_next - take the next word of a kernel command line, with its quotes, and move *at
 * behind it (lib/cmdline.c: next_arg)
 * @at: a text in the command line, or NULL
 * Returns: false, with *ret_word untouched, at the end.
 */
bool command_line_next(const char **at, struct span *ret_word) _nonnull_();

/**
 * command_line_options - the words that can decide about IOMMUs, groups, drivers and probing, with
 * a blank between them; in @arena
 * Other words may be private: names of file systems, addresses, passwords.
 * @line: of /proc/cmdline, or NULL
 * Returns: NULL where there is none.
 */
const char *command_line_options(struct arena *arena, const char *line) _nonnull_(1);
