/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store_faults - a /run that is full or read-only from some call on
 *
 * The linker redirects the calls that write the store (store.c, journal.c, lock.c) to this file; a
 * program that uses it is linked with the options of crash_sweep in tests/CMakeLists.txt. The count
 * is in memory that all processes forked afterwards share.
 */
#pragma once

#include <stdbool.h>

/**
 * store_faults_open - start a count of its own for this process and those that it forks; called
 * first
 */
void store_faults_open(void);

/** store_faults_watch - start to count calls of this process and its children, from 1 */
void store_faults_watch(void);

/**
 * store_fails_at - let the call of that number fail with @error, an errno
 * @persists: all later calls fail too, until store_heals
 */
void store_fails_at(unsigned call, int error, bool persists);

/** store_heals - let no call fail any more, and stop counting */
void store_heals(void);

/** store_calls - the number of calls     store_has_failed - true where a call has failed */
unsigned store_calls(void);
bool store_has_failed(void);
