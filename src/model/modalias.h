/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modalias - the kernel's name for a kind of device, by which modules claim devices, in words */
#pragma once

#include "base/arena.h"

/**
 * modalias_words - "example,smmu" or "PCI device 8086:10d3" for a modalias, in @arena
 * Returns: @modalias itself where it has a form that is not known (scripts/mod/file2alias.c has
 * all of them).
 */
const char *modalias_words(const char *modalias, struct arena *arena) _nonnull_();
