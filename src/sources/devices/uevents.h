/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uevents - the kernel's word that some device came, went, was bound or unbound
 *
 * libudev's "kernel" monitor: straight from the kernel, so that machines without udevd are served
 * too. An event is a reason to look again, never a fact, so what it says is not even read. The
 * library is loaded only by those who wait.
 */
#pragma once

#include "base/error.h"

struct uevents;

/**
 * uevents_open - listen from now on
 * @library: NULL is the system's libudev
 * Returns: 0; a negative errno where there is no libudev, or no netlink (containers, seccomp).
 * In a network namespace that the kernel sends nothing to, it opens and stays silent.
 */
int uevents_open(const char *library, struct uevents **ret_uevents, struct error *e);

/** uevents_close - accepts NULL */
void uevents_close(struct uevents *uevents);

/** uevents_fd - readable where there are events; owned by @uevents */
int uevents_fd(const struct uevents *uevents);

/**
 * uevents_drain - throw away the events that are there, a bounded number of them
 * Returns: 1 there were some, or so many that the kernel dropped some; 0 none; a negative errno
 * where listening has ended.
 */
int uevents_drain(struct uevents *uevents);
