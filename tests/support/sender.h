/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sender - messages of the kernel that a test sends itself, and machines that let nothing be heard
 */
#pragma once

#include "sources/devices/uevents.h"
#include "support/said.h"

/**
 * sender_listen - listen to the kernel; ends the test as skipped where netlink is missing
 * Returns: a listener to be closed.
 */
struct uevents *sender_listen(void);

/**
 * sender_begin - put a pair of sockets in the place of the kernel: from now on @uevents hears what
 * the test sends
 * Returns: the sending end, to be closed.
 */
int sender_begin(const struct uevents *uevents);

/** sender_send - send "bind@/devices/…" */
void sender_send(int sender, const char *message);

/**
 * sender_lose - let @uevents miss messages, as when the kernel sends more than there is room for
 * Ends the test as skipped where that cannot be done.
 */
void sender_lose(const struct uevents *uevents);

/** sender_break - let all listening of @uevents fail from now on */
void sender_break(const struct uevents *uevents);

/**
 * sender_in_silence - call @run in a child that cannot open a socket
 * Returns: what @run has returned, 0 to 76, and its output. Ends the test as skipped where sockets
 * cannot be forbidden.
 */
int sender_in_silence(int (*run)(void), struct said *ret_said);
