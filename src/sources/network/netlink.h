/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlink - what the kernel says of the interfaces of one network namespace (rtnetlink(7))
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** enum netlink_progress - what is known after some bytes of an answer */
enum netlink_progress {
	NETLINK_MORE,
	NETLINK_DONE,
};

/**
 * netlink_decode - turn messages of a dump into lines (sources/network/network.h)
 * @bytes: as received, any alignment     @interrupted: set where the kernel says that things
 * changed meanwhile
 * Interfaces, addresses, and of routes the default ones; everything else is passed over.
 * Returns: enum netlink_progress; -EBADMSG where a length is wrong; the errno that the kernel sent.
 */
int netlink_decode(const void *bytes, size_t length, bool *interrupted, FILE *out);

/**
 * netlink_lines - the interfaces, addresses and default routes of the network namespace that the
 * calling thread is in
 * @ours: a descriptor of our own namespace, whose number here is wanted; -1 not
 * Returns: 0; -EAGAIN where they changed each time; another negative errno.
 */
int netlink_lines(int ours, FILE *out);
