/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals - a transaction ends where it can be undone, not where somebody presses a key
 *
 * Rebinding the uplink of one's own session must finish: from the first "begin" on, SIGPIPE and
 * SIGHUP are ignored. SIGINT and SIGTERM are remembered, and the transaction ends after the step.
 */
#pragma once

#include <stdbool.h>

/** signals_hold - from now on */
void signals_hold(void);

/** signals_release - as it was before; without signals_hold nothing */
void signals_release(void);

/** signals_caught - the number of the first of SIGINT and SIGTERM that came, or 0 */
int signals_caught(void);
