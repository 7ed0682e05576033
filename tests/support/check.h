/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check - cmocka, and what all unit tests share */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/root.h"
#include "model/system.h"

/** snapshot - the system that all sources make of the tree @text; fails the test where they cannot
 */
const struct system *snapshot(const char *text, unsigned facts);

/** find_device - the device of that label; fails the test where there is none */
const struct device *find_device(const struct system *system, const char *label);
