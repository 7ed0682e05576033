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

/**
 * uevents_drain - discard pending events, up to a limit
 * Returns: 1 there were some, or so many that the kernel dropped some; 0 none; a negative errno
 * where listening has ended.
 */
int uevents_drain(struct uevents *uevents);
