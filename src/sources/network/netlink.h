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
 * struct netlink_state - what a dump showed so far, beside its lines
 * @interrupted: the kernel reports that entries changed during the dump
 * @ways: the number of routes that were written as "way" lines
 */
struct netlink_state {
	bool interrupted;
	size_t ways;
};

enum {
	/** the most "way" lines of a namespace; an "unseen way" line tells that there are more */
	NETLINK_WAYS_MAX = 4096,
};

/**
 * netlink_decode - turn messages of a dump into lines (sources/network/network.h)
 * @bytes: as received, any alignment     @state: of the dumps so far
 * Writes interfaces, addresses and routes; other messages are ignored.
 * Returns: enum netlink_progress; -EBADMSG where a length is wrong; the errno that the kernel sent.
 */
int netlink_decode(const void *bytes, size_t length, struct netlink_state *state, FILE *out);

/**
 * netlink_lines - the interfaces, addresses and routes of the calling thread's network
 * namespace
 * @ours: a descriptor of the main namespace of this program, to learn its number here; -1 for none
 * Returns: 0; -EAGAIN where they changed during each try; another negative errno.
 */
int netlink_lines(int ours, FILE *out);
