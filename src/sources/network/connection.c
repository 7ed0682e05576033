/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/connection.h"

#include "base/cleanup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

void connection_text(int family, const void *address, char ret_text[static INET6_ADDRSTRLEN])
{
	if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)address)) {
		address = (const unsigned char *)address + 12;
		family = AF_INET;
	}
	if (!inet_ntop(family, address, ret_text, INET6_ADDRSTRLEN))
		*ret_text = '\0';
}

/* A copy of a descriptor of another process, or a negative errno. */
static int borrow_socket(pid_t pid, int descriptor, uint64_t inode)
{
	_autoclose_ int process = pidfd_open(pid, 0);
	_autoclose_ int borrowed = process < 0 ? -1 : pidfd_getfd(process, descriptor, 0);
	struct stat status;

	if (borrowed < 0 || fstat(borrowed, &status) < 0)
		return -errno;
	/* /proc may be that of another PID namespace, and a descriptor may be used again. */
	if (!S_ISSOCK(status.st_mode) || status.st_ino != inode)
		return -ESTALE;
	return steal_fd(&borrowed);
}

static bool is_established(int socket)
{
	int protocol = 0;
	struct tcp_info info = {0};
	socklen_t length = sizeof(protocol), info_length = sizeof(info);

	return getsockopt(socket, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 &&
	       protocol == IPPROTO_TCP &&
	       getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &info_length) == 0 &&
	       info.tcpi_state == TCP_ESTABLISHED;
}

static unsigned end_text(const struct sockaddr_storage *end, char ret_text[static INET6_ADDRSTRLEN])
{
	const struct sockaddr_in6 *six = (const void *)end;
	const struct sockaddr_in *four = (const void *)end;
	bool is_six = end->ss_family == AF_INET6;

	connection_text(end->ss_family, is_six ? (const void *)&six->sin6_addr : &four->sin_addr,
			ret_text);
	return ntohs(is_six ? six->sin6_port : four->sin_port);
}

int connection_ask(pid_t pid, int descriptor, uint64_t inode, struct connection *ret_connection)
{
	_autoclose_ int socket = borrow_socket(pid, descriptor, inode);
	struct sockaddr_storage ours = {0}, theirs = {0};
	socklen_t our_length = sizeof(ours), their_length = sizeof(theirs);

	if (socket < 0)
		return socket;
	if (!is_established(socket))
		return 0;
	if (getsockname(socket, (struct sockaddr *)&ours, &our_length) < 0 ||
	    getpeername(socket, (struct sockaddr *)&theirs, &their_length) < 0)
		return errno == ENOTCONN ? 0 : -errno;
	ret_connection->port = end_text(&ours, ret_connection->ours);
	end_text(&theirs, ret_connection->theirs);
	return 1;
}
