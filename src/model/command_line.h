/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_line - options of the kernel's command line about IOMMUs */
#pragma once

#include <stdbool.h>

/**
 * command_line_iommu_off - true where the command line has an option that turns IOMMUs off
 * (Documentation/admin-guide/kernel-parameters.txt)
 * @line: of /proc/cmdline, or NULL
 */
bool command_line_iommu_off(const char *line);
