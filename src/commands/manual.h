/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manual - the manual pages, by man(1) */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

/**
 * manual_show - become man(1) with the page of a command: iommuctl-COMMAND(8), else iommuctl(8)
 * Returns only where that cannot be: man(1) or the page is not installed.
 */
void manual_show(const char *command) _nonnull_();
