/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals - after the first "begin" of a transaction, only SIGKILL can end it half-way
 *
 *     SIGINT, SIGTERM, SIGQUIT           recorded: the transaction stops after the current step,
 *                                        and is undone
 *     SIGSEGV, SIGBUS, SIGABRT, SIGILL,  unchanged: they report a fault of the process, after
 *     SIGFPE, SIGSYS                     which it cannot go on; "recover" undoes its steps
 *     SIGCHLD, SIGCONT                   unchanged: they end nothing
 *     SIGKILL, SIGSTOP                   cannot be caught
 *     all others, also SIGHUP, SIGPIPE,  ignored: a rebind of the uplink of one's own session must
 *     SIGTSTP, SIGXFSZ and the           finish, and a write beyond a limit (SIGXFSZ) fails with
 *     real-time signals                  EFBIG instead
 *
 * Signals that the caller ignores or blocks stay so (nohup(1), "&" in a script), SIGINT and the
 * like included. The former actions are not restored after the transaction: the exit status has to
 * tell the state of the machine.
 */
#pragma once

#include <stdbool.h>

/** signals_hold - from now on to the end of the process; signals caught before are dropped */
void signals_hold(void);

/** signals_caught - the number of the first signal that asked to stop, or 0 */
int signals_caught(void);

/** signal_asks_to_stop - true for SIGINT, SIGTERM and SIGQUIT */
bool signal_asks_to_stop(int number);
