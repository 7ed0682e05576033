/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log - read the ring of kernel messages */
#pragma once

#include "base/root.h"

/** The file of a captured tree with the lines of its machine's log. */
#define CAPTURED_LOG "/iommuctl/log"

/**
 * log_read - the whole log as lines "<6>[    1.234567] message", with '?' for NUL bytes
 * Returns: 0 and a text in @arena; -EPERM where it needs CAP_SYSLOG (kernel.dmesg_restrict);
 * -ENOENT for a captured tree without it.
 */
int log_read(const struct root *root, struct arena *arena, char **ret_text);
