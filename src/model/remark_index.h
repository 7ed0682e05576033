/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remark_index - finds the newest log line about a device without a look at all lines */
#pragma once

#include "base/cleanup.h"
#include "model/remark.h"

#include <stddef.h>

/** remark_index_sort - order pointers to log lines for remark_index_find; n log n */
void remark_index_sort(const struct remark **items, size_t count);

/**
 * remark_index_find - the newest line of that kind about a device of that name, or NULL
 * @items: sorted by remark_index_sort
 */
const struct remark *remark_index_find(const struct remark *const *items, size_t count,
				       enum remark_kind kind, const char *device) _nonnull_(4);
