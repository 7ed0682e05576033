/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals - from the first "begin" of a transaction on, only SIGKILL can end it half-way
 *
 *     SIGINT, SIGTERM, SIGQUIT           remembered: the transaction stops after the current step,
 *                                        and is undone
 *     SIGSEGV, SIGBUS, SIGABRT, SIGILL,  as before: they tell of a fault of the process, after
 *     SIGFPE, SIGSYS                     which it cannot go on; "recover" undoes what was begun
 *     SIGCHLD, SIGCONT                   as before: they end nothing
 *     SIGKILL, SIGSTOP                   cannot be held off
 *     all others, also SIGHUP, SIGPIPE,  ignored: a rebind of the uplink of one's own session must
 *     SIGTSTP, SIGXFSZ and the           finish, and a write beyond a limit (SIGXFSZ) fails with
 *     real-time signals                  EFBIG instead
 *
 * Signals that the caller ignores or blocks stay so (nohup(1), "&" in a script), SIGINT
 * and its like included. Nothing is given back when the transaction is over: the exit status tells
 * what became of the machine, not of the terminal.
 */
#pragma once

#include <stdbool.h>

/** signals_hold - from now on to the end of the process; what was caught before is forgotten */
void signals_hold(void);

/** signals_caught - the number of the first signal that asks to stop and has come, or 0 */
int signals_caught(void);

/** signal_asks_to_stop - true for SIGINT, SIGTERM and SIGQUIT */
bool signal_asks_to_stop(int number);
