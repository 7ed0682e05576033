/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock - monotonic time */
#pragma once

#include <stdint.h>

/** clock_ms - milliseconds since an unspecified moment before this process began */
int64_t clock_ms(void);
