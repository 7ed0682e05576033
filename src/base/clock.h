/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock - time that only goes forward */
#pragma once

#include <stdint.h>

/** clock_ms - milliseconds since some moment before this process began */
int64_t clock_ms(void);
