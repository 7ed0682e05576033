/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store_faults - a full or a read-only /run, from one call on
 *
 * The linker leads the calls by which the store is written (store.c, journal.c, lock.c) here; a
 * program that uses this is linked with the options of crash_sweep in tests/CMakeLists.txt. The
 * count lies in memory that all processes share which are forked afterwards.
 */
#pragma once

#include <stdbool.h>

/** store_faults_open - before any other of these; the calls of this process and of those that it
 * forks count from then on apart from all others */
void store_faults_open(void);

/** store_faults_watch - from now on calls of this process and its children count, from 1 on */
void store_faults_watch(void);

/**
 * store_fails_at - the call of that number fails with @error, an errno
 * @persists: all later ones too, until store_heals
 */
void store_fails_at(unsigned call, int error, bool persists);

/** store_heals - no call fails any more, and none counts */
void store_heals(void);

/** store_calls - how many calls were counted     store_has_failed - whether one of them failed */
unsigned store_calls(void);
bool store_has_failed(void);
