/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/sender.h"

#include "support/check.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sandboxes have no netlink: then listening fails with an error that says so. */
struct uevents *sender_listen(void)
{
	struct uevents *uevents = NULL;
	struct error error;

	if (uevents_open(&uevents, &error) == 0)
		return uevents;
	assert_null(uevents);
	assert_int_equal(error.code, ERROR_IO);
	assert_true(*error.message);
	skip();
	return NULL;
}

/* Put a descriptor in the place of that of @uevents. */
static void replace_descriptor(const struct uevents *uevents, int fd)
{
	assert_true(dup2(fd, uevents_fd(uevents)) >= 0);
	close(fd);
}

int sender_begin(const struct uevents *uevents)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
	replace_descriptor(uevents, ends[0]);
	return ends[1];
}

void sender_send(int sender, const char *message)
{
	size_t size = strlen(message) + 1;

	assert_int_equal(send(sender, message, size, 0), size);
}

static int open_group(unsigned groups)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_USERSOCK);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		skip();
	return fd;
}

/* A group that processes may send to; its messages have no room in the receiver. */
void sender_lose(const struct uevents *uevents)
{
	enum { GROUP = 1 << 20, MESSAGES = 100 };
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = GROUP};
	const int room = 1;
	char message[1024] = "";
	int receiver = open_group(GROUP), sender = open_group(0);

	assert_int_equal(setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)), 0);
	for (int i = 0; i < MESSAGES; i++)
		sendto(sender, message, sizeof(message), 0, (const struct sockaddr *)&address,
		       sizeof(address));
	close(sender);
	replace_descriptor(uevents, receiver);
}

void sender_break(const struct uevents *uevents)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	close(ends[1]);
	replace_descriptor(uevents, ends[0]);
}

/* This cannot be undone: from now on socket() is refused. */
static int forbid_sockets(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {ARRAY_SIZE(filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

int sender_in_silence(int (*run)(void), struct said *ret_said)
{
	enum { SKIPPED = 77 };
	pid_t child;
	int status;

	said_start();
	child = fork();
	if (child == 0)
		_exit(forbid_sockets() < 0 ? SKIPPED : run());
	child = child < 0 ? child : waitpid(child, &status, 0);
	said_end(ret_said);
	assert_true(child > 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		skip();
	return WEXITSTATUS(status);
}
