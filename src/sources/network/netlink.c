/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/netlink.h"

#include "base/cleanup.h"
#include "sources/network/network.h"

#include <errno.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

enum {
	/* size of the buffer for answers; the kernel fills at most 32 KiB at once */
	ANSWER_SIZE = 64 * 1024,
	TRIES_MAX = 5,
};

/*
 * A request: its header, then a family with padding, and for RTM_GETNSID an attribute with the
 * descriptor of a namespace.
 */
struct request {
	struct nlmsghdr header;
	struct rtgenmsg generic;
	_Alignas(NLMSG_ALIGNTO) struct rtattr attribute;
	int32_t fd;
};

static int send_request(int netlink, uint16_t type, int ours)
{
	struct request request = {
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(request.generic)),
			   .nlmsg_type = type,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.generic = {.rtgen_family = AF_UNSPEC},
	};

	if (type == RTM_GETNSID) {
		request.header.nlmsg_len = sizeof(request);
		request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
		request.attribute = (struct rtattr){RTA_LENGTH(sizeof(ours)), NETNSA_FD};
		request.fd = ours;
	}
	return send(netlink, &request, request.header.nlmsg_len, 0) < 0 ? -errno : 0;
}

static int receive_dump(int netlink, struct netlink_state *state, FILE *out)
{
	static char bytes[ANSWER_SIZE];
	int result = NETLINK_MORE;

	while (result == NETLINK_MORE) {
		struct sockaddr_nl from = {0};
		socklen_t size = sizeof(from);
		ssize_t got = recvfrom(netlink, bytes, sizeof(bytes), MSG_TRUNC,
				       (struct sockaddr *)&from, &size);

		if (got < 0)
			return -errno;
		if (got == 0 || (size_t)got > sizeof(bytes))
			return -EBADMSG;
		/*
		 * Any process may send to a netlink socket: accept only messages of the kernel,
		 * whose port is 0.
		 */
		if (from.nl_pid == 0)
			result = netlink_decode(bytes, (size_t)got, state, out);
	}
	return result < 0 ? result : 0;
}

/*
 * One try to dump a namespace: if an answer breaks off half-way, its socket is closed and all is
 * read again.
 */
static int dump_namespace(int ours, struct netlink_state *state, FILE *out)
{
	static const uint16_t wanted[] = {RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE};
	_autoclose_ int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int result = netlink < 0 ? -errno : 0;

	for (size_t i = 0; result == 0 && i < ARRAY_SIZE(wanted); i++) {
		result = send_request(netlink, wanted[i], ours);
		if (result == 0)
			result = receive_dump(netlink, state, out);
	}
	/*
	 * Dumping the interfaces may give this process's namespace a number here, so ask for the
	 * number after it. Some kernels give it none.
	 */
	if (result == 0 && ours >= 0 && send_request(netlink, RTM_GETNSID, ours) == 0)
		receive_dump(netlink, state, out);
	return result;
}

int netlink_lines(int ours, FILE *out)
{
	struct netlink_state state = {.interrupted = true};
	int result = 0;

	for (int tries = 0; result == 0 && state.interrupted && tries < TRIES_MAX; tries++) {
		_autofree_ char *text = NULL;
		size_t length = 0;
		FILE *lines = open_memstream(&text, &length);

		if (!lines)
			return -ENOMEM;
		state = (struct netlink_state){0};
		result = dump_namespace(ours, &state, lines);
		if (fclose(lines) != 0)
			return -ENOMEM;
		if (result == 0 && !state.interrupted)
			fwrite(text, 1, length, out);
	}
	return result < 0 ? result : state.interrupted ? -EAGAIN : 0;
}
