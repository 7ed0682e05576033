/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check - cmocka, and functions that all unit tests share */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/root.h"
#include "model/system.h"

/**
 * UNIT - begins the function that runs the tests of a file
 * @name: the file's name in tests/unit/, without ".c"
 *
 *     UNIT(choose)
 *     {
 *             const struct CMUnitTest tests[] = {cmocka_unit_test(a_group_is_chosen_by_number)};
 *
 *             return cmocka_run_group_tests(tests, NULL, NULL);
 *     }
 *
 * unit.c calls it by that name. It returns the number of failed tests.
 */
#define UNIT(name)             \
	int unit_##name(void); \
	int unit_##name(void)

/**
 * snapshot - the system that all sources make of the tree @text; fails the test where they cannot
 */
const struct system *snapshot(const char *text, unsigned facts);

/**
 * snapshot_about - snapshot with the uses of the devices at @paths, and with @facts; fails the test
 * where a reading of these devices and their groups alone finds other uses
 * @paths: below /sys/devices, NULL at the end
 */
const struct system *snapshot_about(const char *text, unsigned facts, const char *const *paths);

/** find_use - the first use of @device of that kind, or NULL */
const struct use *find_use(const struct device *device, enum use_kind kind);

/** is_blind - true where uses of that kind could not be read */
bool is_blind(const struct device *device, enum use_kind kind);

/** assert_free - fails the test unless @device has no uses and all are known */
void assert_free(const struct device *device);

/** find_device - the device of that label; fails the test where there is none */
const struct device *find_device(const struct system *system, const char *label);
