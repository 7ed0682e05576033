/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network_sockets.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "sources/network/network_words.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_FILE "/proc/self/net/packet"
#define PROTOCOLS_FILE "/proc/self/net/protocols"
#define CAN_FOLDER "/proc/self/net/can"
#define PPPOE_FILE "/proc/self/net/pppoe"

enum {
	INTERFACES_MAX = 4096, /* largest number of interfaces that sockets are counted for */
	REPLY_SIZE = 32 * 1024,
	FAMILY_XDP = 44, /* the socket family AF_XDP of linux/socket.h */
};

/* The number of sockets of each network interface. */
struct tally {
	unsigned index[INTERFACES_MAX], sockets[INTERFACES_MAX];
	size_t count;
};

/* @interfaces: of this network namespace, as if_nameindex(3) returns them     @listed: it did */
struct search {
	FILE *out;
	const char *file;
	struct if_nameindex *interfaces;
	bool listed;
	struct tally tally;
};

/* Most machines have no socket that is told by a name, and to list names asks the kernel for all.
 */
static void list_interfaces(struct search *search)
{
	if (search->listed)
		return;
	search->listed = true;
	search->interfaces = if_nameindex();
	if (!search->interfaces)
		fprintf(search->out, "unseen own names of interfaces: %s\n", strerror(errno));
}

/*
 * The number of an interface; 0 for the name of none, such as a word of a heading.
 * if_nametoindex(3) would do more: for an unknown name its ioctl loads the module of that name
 * (net/core/dev_ioctl.c: dev_load).
 */
static unsigned interface_index_of(struct search *search, const char *name)
{
	const struct if_nameindex *at;

	list_interfaces(search);
	at = search->interfaces;
	while (at && at->if_index && strcmp(at->if_name, name) != 0)
		at++;
	return at ? at->if_index : 0;
}

static void count_socket(struct tally *tally, unsigned index)
{
	size_t at = 0;

	while (at < tally->count && tally->index[at] != index)
		at++;
	if (!index || at == INTERFACES_MAX)
		return;
	tally->index[at] = index;
	tally->sockets[at] = at < tally->count ? tally->sockets[at] + 1 : 1;
	tally->count += at == tally->count;
}

/* Write the tally of the kind of sockets that was counted, and begin the next. */
static void write_tally(struct search *search, const char *word, const char *what)
{
	for (size_t i = 0; i < search->tally.count; i++)
		fprintf(search->out, "%s %u %s %u %s\n", word, search->tally.index[i], search->file,
			search->tally.sockets[i], what);
	search->tally.count = 0;
}

/*
 * A line of /proc/net/packet: "sk RefCnt Type Proto Iface R Rmem User Inode"; Iface 0 means any
 * interface.
 */
static int count_packet_socket(void *context, char *line)
{
	struct search *search = context;
	unsigned index;

	if (sscanf(line, "%*s %*s %*s %*s %u", &index) == 1)
		count_socket(&search->tally, index);
	return 0;
}

/* A line of /proc/net/pppoe: "Id       Address              Device" */
static int count_session(void *context, char *line)
{
	struct search *search = context;
	char name[IF_NAMESIZE];

	if (sscanf(line, "%*x %*s %15s", name) == 1)
		count_socket(&search->tally, interface_index_of(search, name));
	return 0;
}

/*
 * A line of /proc/net/can/rcvlist_*: "   can0  123  7ff  …"; headings and "(any: no entry)" match
 * the name of no interface.
 */
static int count_receiver(void *context, char *line)
{
	struct search *search = context;
	char name[IF_NAMESIZE];

	if (sscanf(line, " %15s", name) == 1)
		count_socket(&search->tally, interface_index_of(search, name));
	return 0;
}

/* Count sockets in a file below /proc/self/net; a protocol that is not loaded has no file. */
static void read_sockets(struct search *search, const struct root *root, const char *file,
			 int (*count)(void *context, char *line))
{
	int result = lines_read(root, file, count, search);

	if (result < 0 && !root_is_absence(result))
		fprintf(search->out, "unseen own %s: %s\n", file, strerror(-result));
}

static void write_receivers(struct search *search, const struct root *root)
{
	static const char *const lists[] = {CAN_FOLDER "/rcvlist_all", CAN_FOLDER "/rcvlist_fil",
					    CAN_FOLDER "/rcvlist_inv", CAN_FOLDER "/rcvlist_sff",
					    CAN_FOLDER "/rcvlist_eff", CAN_FOLDER "/rcvlist_err"};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		read_sockets(search, root, lists[i], count_receiver);
	search->file = CAN_FOLDER;
	write_tally(search, "use", "CAN receivers");
}

/* One message of sock_diag: the interface is in its attribute XDP_DIAG_INFO. */
static void count_xdp_message(struct search *search, const char *bytes, size_t length)
{
	size_t at = sizeof(struct xdp_diag_msg);
	struct xdp_diag_info info;
	struct nlattr attribute;

	for (; at + sizeof(attribute) <= length; at += NLMSG_ALIGN((size_t)attribute.nla_len)) {
		memcpy(&attribute, bytes + at, sizeof(attribute));
		if (attribute.nla_len < sizeof(attribute) || at + attribute.nla_len > length)
			return;
		if (attribute.nla_type == XDP_DIAG_INFO &&
		    attribute.nla_len >= sizeof(attribute) + sizeof(info)) {
			memcpy(&info, bytes + at + sizeof(attribute), sizeof(info));
			count_socket(&search->tally, info.ifindex);
		}
	}
}

/*
 * Count the sockets in received messages. Returns: 1 if more follow, 0 at the end, or the negative
 * errno of the kernel.
 */
static int count_xdp_messages(struct search *search, const char *bytes, size_t length)
{
	struct nlmsghdr header;
	int cause;

	for (size_t at = 0; at + sizeof(header) <= length; at += NLMSG_ALIGN(header.nlmsg_len)) {
		memcpy(&header, bytes + at, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || at + header.nlmsg_len > length)
			return -EBADMSG;
		if (header.nlmsg_type == NLMSG_DONE)
			return 0;
		if (header.nlmsg_type == NLMSG_ERROR) {
			memcpy(&cause, bytes + at + sizeof(header), sizeof(cause));
			return cause;
		}
		count_xdp_message(search, bytes + at + sizeof(header),
				  header.nlmsg_len - sizeof(header));
	}
	return 1;
}

static int request_xdp(int fd)
{
	struct {
		struct nlmsghdr header;
		struct xdp_diag_req request;
	} message = {
		.header = {.nlmsg_len = sizeof(message),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.request = {.sdiag_family = FAMILY_XDP, .xdiag_show = XDP_SHOW_INFO},
	};

	return send(fd, &message, sizeof(message), 0) < 0 ? -errno : 0;
}

/*
 * The line of /proc/net/protocols with the number of AF_XDP sockets in the namespace: "XDP  1008  1
 * -1  NI …"
 */
static int find_xdp_sockets(void *context, char *line)
{
	unsigned *sockets = context;

	return sscanf(line, "XDP %*u %u", sockets) == 1;
}

/* sock_diag answers so for a family that it does not support. */
static bool is_unsupported(int result)
{
	return result == -ENOENT || result == -EINVAL || result == -EOPNOTSUPP;
}

static int list_xdp_sockets(struct search *search)
{
	_autoclose_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	char bytes[REPLY_SIZE];
	int result = fd < 0 ? -errno : request_xdp(fd);

	while (result >= 0) {
		ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

		result = got < 0 ? -errno : count_xdp_messages(search, bytes, (size_t)got);
		if (result == 0)
			break;
	}
	return result;
}

/*
 * sock_diag is asked only where there are such sockets: for a family that it does not know yet, the
 * kernel runs modprobe (net/core/sock_diag.c: sock_load_diag_module). Where it does not support the
 * family, their number is known, but not their interfaces.
 */
static int count_xdp_sockets(struct search *search, const struct root *root)
{
	unsigned sockets = 0;
	int known = lines_read(root, PROTOCOLS_FILE, find_xdp_sockets, &sockets), result;

	if (known >= 0 && !sockets)
		return 0;
	result = list_xdp_sockets(search);
	if (!is_unsupported(result))
		return result;
	if (sockets)
		fprintf(search->out,
			"unseen protocol " PROTOCOLS_FILE
			": %u AF_XDP sockets, on interfaces that this kernel does not show\n",
			sockets);
	return known < 0 && !root_is_absence(known) ? known : 0;
}

void network_sockets(const struct root *root, FILE *out)
{
	/* It is large, and mostly not touched: each call leaves it as it found it. */
	static struct search search;
	int result;

	search.out = out;
	search.file = PACKET_FILE;
	read_sockets(&search, root, PACKET_FILE, count_packet_socket);
	write_tally(&search, "listener", "packet sockets");
	search.file = PPPOE_FILE;
	read_sockets(&search, root, PPPOE_FILE, count_session);
	write_tally(&search, "use", "PPPoE sessions");
	write_receivers(&search, root);
	search.file = "sock_diag";
	result = count_xdp_sockets(&search, root);
	write_tally(&search, "use", "AF_XDP sockets");
	if (search.interfaces)
		if_freenameindex(search.interfaces);
	search.interfaces = NULL;
	search.listed = false;
	if (result < 0)
		fprintf(out, "unseen own AF_XDP sockets: %s\n", strerror(-result));
}
