/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unread - sources that could not be read: the answer "none" needs all its sources */
#pragma once

#include "model/system.h"

/**
 * source_unread - the first of the @count @names that exists and could not be read in full; or NULL
 * A source that this machine does not have (a firmware table), or that no requested fact needs,
 * does not count.
 */
const struct source *source_unread(const struct system *system, const char *const *names,
				   size_t count);
