/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setting - one fake machine for a test, the dump of it at the start, and the end of the last wish
 */
#pragma once

#include "crash/scenarios.h"

#include <sys/types.h>

enum { IMPATIENCE_MS = 100 };

/** The machine of the test. */
extern struct fake_kernel *fake;
/** Its dump at the start. */
extern char *before;
/** How the last wish ended; in shared memory, so that a child can set it. */
extern struct ended *ended;

/** setting_start - set all three; 0, or -1 as cmocka wants it */
int setting_start(const struct scenario *scenario);

/** setting_end - free all three */
void setting_end(void);

/** setting_wish - carry out a wish in this process, with patience; NULL is recover */
void setting_wish(const struct wish *wish);

/** setting_wish_apart - carry out a wish in a process of its own; true where it was killed */
bool setting_wish_apart(const struct wish *wish, int timeout_ms);

/** setting_wait_for - the wait status of a process that the test has forked, once it has ended */
int setting_wait_for(pid_t tool);

/** setting_wait_for_writers - wait for the end of all children, also of those left behind */
void setting_wait_for_writers(void);

/** setting_must_be_as_before - fails the test unless the dump is that of the start; @when: for it
 */
void setting_must_be_as_before(const char *when);

/** setting_must_be_closed - fails the test unless recover finds nothing to do */
void setting_must_be_closed(void);

/** setting_shows - true where the dump of the machine has @text */
bool setting_shows(const char *text);

/** setting_must_show - fails the test where the dump of the machine lacks @text */
void setting_must_show(const char *text);

/** For cmocka: end the machine of a test; make and remove what the tests of a program share. */
int setting_tear_down(void **state);
int setting_open(void **state);
int setting_close(void **state);
