/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection - the TCP connection behind a descriptor of a process, asked of the socket itself */
#pragma once

#include "base/root.h"

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct connection - the ends of an established TCP connection
 * @ours, @theirs: addresses as text; IPv4 in IPv6 (::ffff:10.0.0.5) as IPv4     @port: ours
 */
struct connection {
	char ours[INET6_ADDRSTRLEN], theirs[INET6_ADDRSTRLEN];
	unsigned port;
};

/**
 * connection_text - an address as the text that an interface of it has
 * @address: 4 or 16 bytes in network byte order, of @family AF_INET or AF_INET6
 */
void connection_text(int family, const void *address, char ret_text[static INET6_ADDRSTRLEN]);

/**
 * connection_ask - the connection that the running machine's process @pid has open as @descriptor
 * @inode: of the socket, as /proc/PID/fd tells it
 * The descriptor is duplicated for the time of the question, as the tables of all sockets
 * (/proc/net/tcp) cost milliseconds on a machine with much memory.
 * Returns: 1 and the connection; 0 where the socket is no established TCP connection; a negative
 * errno where the kernel does not tell: -ENOSYS before Linux 5.6, -EPERM without the right to trace
 * the process, -ESTALE where the descriptor is no longer this socket.
 * Source: kernel/pid.c (pidfd_getfd), tcp(7).
 */
_must_check_ int connection_ask(pid_t pid, int descriptor, uint64_t inode,
				struct connection *ret_connection);
