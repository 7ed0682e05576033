/* SPDX-License-Identifier: GPL-2.0-or-later */
/* use_remedy - commands that end a use of a device */
#pragma once

#include "base/arena.h"
#include "model/system.h"

/** use_remedy - commands that end the first of these uses, or NULL; all are of one kind */
const char *use_remedy(const struct device *device, const struct use *const *uses, size_t count,
		       struct arena *arena);
