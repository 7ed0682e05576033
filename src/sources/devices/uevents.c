/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/uevents.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

enum {
	KERNEL_GROUP = 1, /* group 2 has udevd's messages */
	MESSAGE_MAX = 8192,
	/* A server with many queues sends thousands of messages while one driver is unbound. */
	ROOM = 8 * 1024 * 1024,
};

struct uevents {
	int fd;
	char message[MESSAGE_MAX];
};

static int listen_to_kernel(void)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP};
	const int room = ROOM;
	_autoclose_ int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return -errno;
	/* Only root may exceed the system's limit; with less room a burst is noticed as lost. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return steal_fd(&fd);
}

int uevents_open(struct uevents **ret_uevents, struct error *e)
{
	struct uevents *uevents;
	int fd = listen_to_kernel();

	if (fd < 0)
		return error_set(e, ERROR_IO, fd, "cannot listen to kernel events");
	uevents = calloc(1, sizeof(*uevents));
	if (!uevents)
		memory_exhausted();
	uevents->fd = fd;
	*ret_uevents = uevents;
	return 0;
}

void uevents_close(struct uevents *uevents)
{
	if (!uevents)
		return;
	cleanup_close(&uevents->fd);
	free(uevents);
}

int uevents_fd(const struct uevents *uevents)
{
	return uevents->fd;
}

/* Other processes of root may send to the group; the kernel's own address is 0. */
static bool is_from_kernel(const struct sockaddr_storage *from)
{
	return from->ss_family != AF_NETLINK || ((const struct sockaddr_nl *)from)->nl_pid == 0;
}

/* "bind@/devices/pci0000:00/0000:00:02.0\0ACTION=bind\0…\0SEQNUM=1234\0" */
static bool parse_message(char *message, size_t length, struct uevent *ret_event)
{
	char *path = memchr(message, '@', strnlen(message, length));
	uint64_t sequence = 0;

	if (!path)
		return false;
	for (size_t at = 0; at < length; at += strlen(message + at) + 1) {
		const char *number = text_after(message + at, "SEQNUM=");

		if (number && !text_number(number, 10, &sequence))
			sequence = 0;
	}
	*path = '\0';
	*ret_event = (struct uevent){message, path + 1, sequence};
	return true;
}

int uevents_next(struct uevents *uevents, struct uevent *ret_event)
{
	for (;;) {
		struct sockaddr_storage from = {0};
		socklen_t from_size = sizeof(from);
		ssize_t length = recvfrom(uevents->fd, uevents->message, MESSAGE_MAX - 1,
					  MSG_DONTWAIT, (struct sockaddr *)&from, &from_size);

		if (length < 0 && errno == EAGAIN)
			return 0;
		if (length < 0 && errno != EINTR)
			return -errno;
		if (length < 0 || !is_from_kernel(&from))
			continue;
		uevents->message[length] = '\0';
		if (parse_message(uevents->message, (size_t)length, ret_event))
			return 1;
	}
}

uint64_t uevents_count(const struct root *root)
{
	char text[32];
	uint64_t count = 0;

	if (root_read_text(root, "/sys/kernel/uevent_seqnum", text, sizeof(text)) <= 0 ||
	    !text_number(text, 10, &count))
		return UINT64_MAX;
	return count;
}
