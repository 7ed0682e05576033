/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * module_options - options of modules on the kernel's command line: "vfio-pci.ids=10de:1eb8"
 */
#pragma once

#include "base/arena.h"

#include <stdbool.h>

/**
 * module_options_swap - replace the options that libkmod took from the command line of this machine
 * @options: from modprobe.d and, after these, from the command line @ours; or NULL
 * Returns: the same with the options from the command line @theirs; NULL for none.
 */
const char *module_options_swap(struct arena *arena, const char *options, const char *module,
				const char *ours, const char *theirs);
