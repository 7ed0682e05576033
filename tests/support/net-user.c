/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * net-user pppoe|packet|xdp|can INTERFACE - use an interface without any address of it
 * net-user log SOCKET - listen for datagrams on SOCKET, which is full, and never read
 * net-user map NODE - map a page of NODE, and close it
 * net-user ring NODE - register NODE with an io_uring, and close it
 * net-user flight NODE - open NODE, send the descriptor over a socket that is never read, and close
 * it
 *
 * All until standard input ends; they print "ready" on a line of its own. For the virtual
 * machines.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/can.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_pppox.h>
#include <linux/if_xdp.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* <net/if.h> conflicts with <linux/if_pppox.h>. */
unsigned if_nametoindex(const char *name);

enum { FAMILY_XDP = 44, LEVEL_XDP = 283 };

static int make_socket(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		err(1, "socket of family %d", family);
	return fd;
}

/* Make a session as pppd has it after discovery. */
static void use_pppoe(const char *interface)
{
	static const unsigned char remote[ETH_ALEN] = {0x52, 0x54, 0, 1, 2, 3};
	struct sockaddr_pppox address = {.sa_family = AF_PPPOX, .sa_protocol = PX_PROTO_OE};
	int fd = make_socket(AF_PPPOX, SOCK_STREAM, PX_PROTO_OE);

	address.sa_addr.pppoe.sid = htons(7);
	memcpy(address.sa_addr.pppoe.remote, remote, sizeof(remote));
	snprintf(address.sa_addr.pppoe.dev, sizeof(address.sa_addr.pppoe.dev), "%s", interface);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "connect to a PPPoE session");
}

static void use_packet(const char *interface)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
				      .sll_protocol = htons(ETH_P_ALL),
				      .sll_ifindex = (int)if_nametoindex(interface)};
	int fd = make_socket(AF_PACKET, SOCK_RAW, 0);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "bind of a packet socket");
}

static void set_ring(int fd, int option)
{
	int entries = 64;

	if (setsockopt(fd, LEVEL_XDP, option, &entries, sizeof(entries)) < 0)
		err(1, "XDP ring %d", option);
}

static void use_xdp(const char *interface)
{
	enum { FRAMES = 64, FRAME_SIZE = 2048 };
	struct sockaddr_xdp address = {.sxdp_family = FAMILY_XDP,
				       .sxdp_flags = XDP_COPY,
				       .sxdp_ifindex = if_nametoindex(interface)};
	int fd = make_socket(FAMILY_XDP, SOCK_RAW, 0);
	void *memory = mmap(NULL, FRAMES * FRAME_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct xdp_umem_reg region = {.addr = (uint64_t)(uintptr_t)memory,
				      .len = FRAMES * FRAME_SIZE,
				      .chunk_size = FRAME_SIZE};

	if (memory == MAP_FAILED ||
	    setsockopt(fd, LEVEL_XDP, XDP_UMEM_REG, &region, sizeof(region)) < 0)
		err(1, "XDP memory");
	set_ring(fd, XDP_UMEM_FILL_RING);
	set_ring(fd, XDP_UMEM_COMPLETION_RING);
	set_ring(fd, XDP_TX_RING);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "bind of an XDP socket");
}

/* Bind the socket and fill its queue, so that the next datagram has no room. */
static void listen_without_reading(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = make_socket(AF_UNIX, SOCK_DGRAM, 0);
	int sender = make_socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	unlink(path);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "bind to %s", path);
	while (sendto(sender, "full", 4, 0, (struct sockaddr *)&address, sizeof(address)) > 0)
		;
	if (errno != EAGAIN)
		err(1, "filling %s", path);
}

static void use_can(const char *interface)
{
	struct sockaddr_can address = {.can_family = AF_CAN,
				       .can_ifindex = (int)if_nametoindex(interface)};
	int fd = make_socket(AF_CAN, SOCK_RAW, CAN_RAW);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "bind to a CAN interface");
}

static int open_node(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void map_node(const char *path)
{
	enum { PAGE = 4096 };
	int fd = open_node(path);
	volatile const char *page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED)
		err(1, "map of %s", path);
	close(fd);
	(void)*page;
}

static void register_node(const char *path)
{
	struct io_uring_params params = {0};
	int fd = open_node(path);
	long ring = syscall(SYS_io_uring_setup, 1, &params);

	if (ring < 0 || syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1) < 0)
		err(1, "io_uring of %s", path);
	close(fd);
}

static void send_node(const char *path)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS}};
	char byte = 0;
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	int fd = open_node(path), pair[2];

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || sendmsg(pair[0], &message, 0) < 0)
		err(1, "sending %s", path);
	close(fd);
}

int main(int count, char **words)
{
	static const struct {
		const char *word;
		void (*use)(const char *name);
	} uses[] = {{"pppoe", use_pppoe},  {"packet", use_packet},	    {"xdp", use_xdp},
		    {"can", use_can},	   {"log", listen_without_reading}, {"map", map_node},
		    {"flight", send_node}, {"ring", register_node}};
	char byte;

	for (size_t i = 0; count == 3 && i < sizeof(uses) / sizeof(*uses); i++) {
		if (strcmp(words[1], uses[i].word) != 0)
			continue;
		uses[i].use(words[2]);
		puts("ready");
		fflush(stdout);
		while (read(STDIN_FILENO, &byte, 1) > 0)
			;
		return 0;
	}
	errx(2,
	     "usage: net-user pppoe|packet|xdp|can INTERFACE, log SOCKET, or map|ring|flight NODE");
}
