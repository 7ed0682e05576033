/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals - a transaction ends where it can be undone, not where somebody presses a key
 *
 * Rebinding the uplink of one's own session must finish: from the first "begin" on, SIGPIPE and
 * SIGHUP are ignored. SIGINT and SIGTERM are remembered, and the transaction ends after the step.
 * They stay so when it is over: the exit status is to tell what became of the machine, not of the
 * terminal.
 */
#pragma once

#include <stdbool.h>

/** signals_hold - from now on to the end of the process; what was caught before is forgotten */
void signals_hold(void);

/** signals_caught - the number of the first of SIGINT and SIGTERM that came, or 0 */
int signals_caught(void);
