/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uevents - the kernel's messages that a device was added, removed, bound or unbound
 *
 * They come straight from the kernel, so that this works without udevd. A message is a reason to
 * read the machine again, or to trust what was read; it is never a fact itself.
 *
 * Source: lib/kobject_uevent.c; netlink(7), NETLINK_KOBJECT_UEVENT. The sequence number of a
 * message counts all of them since boot, as /sys/kernel/uevent_seqnum does.
 */
#pragma once

#include "base/error.h"
#include "base/root.h"

struct uevents;

/**
 * struct uevent - one message; its texts live until the next call for the same listener
 * @action: "add", "remove", "bind", "unbind", "change", …     @path: below /sys, "/devices/…"
 * @sequence: 0 unknown
 */
struct uevent {
	const char *action, *path;
	uint64_t sequence;
};

/**
 * uevents_open - listen from now on
 * Returns: 0; a negative errno where netlink is missing (containers, seccomp). In a network
 * namespace that gets no messages it opens and stays silent.
 */
_must_check_ int uevents_open(struct uevents **ret_uevents, struct error *e);

/** uevents_close - stop to listen; accepts NULL */
void uevents_close(struct uevents *uevents);

/** uevents_fd - readable while messages are pending; owned by @uevents */
int uevents_fd(const struct uevents *uevents);

/**
 * uevents_next - the next pending message
 * Messages that do not come from the kernel are skipped.
 * Returns: 1; 0 where none is pending; -ENOBUFS where the kernel has dropped some; another negative
 * errno where listening has ended.
 */
int uevents_next(struct uevents *uevents, struct uevent *ret_event);

/**
 * uevents_count - the number of all messages since boot, of every kind and network namespace
 * Returns: UINT64_MAX where it is unknown.
 */
uint64_t uevents_count(const struct root *root);

static inline void cleanup_uevents(struct uevents **uevents)
{
	uevents_close(*uevents);
}

#define _autouevents_ _cleanup_(cleanup_uevents)
