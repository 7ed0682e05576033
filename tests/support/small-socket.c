/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * small-socket PROCESS - leave the netlink sockets of PROCESS as little room for messages as the
 * kernel allows, so that it drops most of those that come in a burst
 *
 * Prints how many sockets there are; fails where there is none. Needs pidfd_getfd(2), of Linux 5.6.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DESCRIPTORS = 64 };

static int is_netlink(int fd)
{
	int domain = 0;
	socklen_t size = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_NETLINK;
}

/* The kernel raises the size to its least (net/core/sock.c: SOCK_MIN_RCVBUF). */
static void make_small(int fd)
{
	const int room = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) < 0) {
		fprintf(stderr, "small-socket: SO_RCVBUF: %s\n", strerror(errno));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	long process = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	int pidfd = (int)syscall(SYS_pidfd_open, process, 0), count = 0;

	if (pidfd < 0) {
		fprintf(stderr, "small-socket: %ld: %s\n", process, strerror(errno));
		return 1;
	}
	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		int copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

		if (copy < 0)
			continue;
		if (is_netlink(copy)) {
			make_small(copy);
			count++;
		}
		close(copy);
	}
	printf("%d\n", count);
	return count ? 0 : 1;
}
