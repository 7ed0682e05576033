/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uevents - notice that some device was added, removed, bound or unbound
 *
 * libudev's "kernel" monitor receives events straight from the kernel, so that it works without
 * udevd. An event is a reason to read the machine again, never a fact, so its text is not read. The
 * library is loaded only by commands that wait.
 */
#pragma once

#include "base/error.h"

struct uevents;

/**
 * uevents_open - listen from now on
 * @library: NULL is the system's libudev
 * Returns: 0; a negative errno where libudev or netlink is missing (containers, seccomp). In a
 * network namespace that gets no events it opens and stays silent.
 */
_must_check_ int uevents_open(const char *library, struct uevents **ret_uevents, struct error *e);

/** uevents_close - stop to listen; accepts NULL */
void uevents_close(struct uevents *uevents);

/** uevents_fd - readable while events are pending; owned by @uevents */
int uevents_fd(const struct uevents *uevents);

/** enum uevents_seen - the events that were pending */
enum uevents_seen {
	UEVENTS_NONE,
	UEVENTS_SOME,
	UEVENTS_LOST, /* some, and the kernel dropped others: the buffer of the socket was full */
};

/**
 * uevents_drain - discard pending events, up to a limit
 * Returns: enum uevents_seen; a negative errno where listening has ended.
 */
int uevents_drain(struct uevents *uevents);
