/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena - memory for the tests of one file
 *
 *     return cmocka_run_group_tests(tests, open_arena, close_arena);
 */
#pragma once

#include "base/arena.h"

/** arena - what open_arena made */
extern struct arena *arena;

/** open_arena, close_arena - for cmocka: before the first test, and after the last */
int open_arena(void **state);
int close_arena(void **state);
