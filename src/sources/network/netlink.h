/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlink - the interfaces of one network namespace, from the kernel (rtnetlink(7)) */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** enum netlink_progress - the state of a dump after some bytes of it */
enum netlink_progress {
	NETLINK_MORE,
	NETLINK_DONE,
};

/**
 * netlink_decode - turn messages of a dump into lines (sources/network/network.h)
 * @bytes: as received, any alignment     @interrupted: set where the kernel reports that entries
 * changed during the dump
 * Writes interfaces, addresses and default routes; other messages are ignored.
 * Returns: enum netlink_progress; -EBADMSG where a length is wrong; the errno that the kernel sent.
 */
int netlink_decode(const void *bytes, size_t length, bool *interrupted, FILE *out);

/**
 * netlink_lines - the interfaces, addresses and default routes of the calling thread's network
 * namespace
 * @ours: a descriptor of the main namespace of this program, to learn its number here; -1 for none
 * Returns: 0; -EAGAIN where they changed during each try; another negative errno.
 */
int netlink_lines(int ours, FILE *out);
