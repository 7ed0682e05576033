/* SPDX-License-Identifier: GPL-2.0-or-later */
/* use_remedy - what to type so that a use of a device ends */
#pragma once

#include "base/arena.h"
#include "model/system.h"

/** use_remedy - what to type so that the first of these uses end, or NULL; all are of one kind */
const char *use_remedy(const struct device *device, const struct use *const *uses, size_t count,
		       struct arena *arena);
