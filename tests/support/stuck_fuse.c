/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/stuck_fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_NODE = 2 };

static pid_t server;

static void reply(int fuse, uint64_t unique, int error, const void *bytes, size_t length)
{
	struct fuse_out_header header = {
		.len = (uint32_t)(sizeof(header) + length), .error = error, .unique = unique};
	struct iovec parts[] = {{&header, sizeof(header)}, {(void *)bytes, length}};

	if (writev(fuse, parts, 2) < 0 && errno == ENODEV)
		_exit(0);
}

static struct fuse_attr attributes_of(uint64_t node)
{
	return (struct fuse_attr){
		.ino = node,
		.size = node == FILE_NODE ? 4096 : 0,
		.mode = node == FILE_NODE ? S_IFREG | 0644 : S_IFDIR | 0755,
		.nlink = 1,
		.blksize = 4096,
	};
}

static void answer_lookup(int fuse, uint64_t unique, const char *wanted, const char *name)
{
	struct fuse_entry_out entry = {.nodeid = FILE_NODE, .attr = attributes_of(FILE_NODE)};

	if (strcmp(wanted, name) == 0)
		reply(fuse, unique, 0, &entry, sizeof(entry));
	else
		reply(fuse, unique, -ENOENT, NULL, 0);
}

static void answer_request(int fuse, const struct fuse_in_header *request, const char *name)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 65536, .time_gran = 1};
	struct fuse_attr_out attributes = {.attr = attributes_of(request->nodeid)};
	struct fuse_open_out opened = {0};

	switch (request->opcode) {
	case FUSE_INIT:
		reply(fuse, request->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer_lookup(fuse, request->unique, (const char *)(request + 1), name);
		break;
	case FUSE_GETATTR:
		reply(fuse, request->unique, 0, &attributes, sizeof(attributes));
		break;
	case FUSE_OPENDIR:
		reply(fuse, request->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_OPEN:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(fuse, request->unique, -ENOSYS, NULL, 0);
	}
}

static _Noreturn void serve(int fuse, const char *name)
{
	static char bytes[1 << 17] __attribute__((aligned(8)));

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		ssize_t got = read(fuse, bytes, sizeof(bytes));

		if (got < 0 && errno != EINTR && errno != ENOENT && errno != EAGAIN)
			_exit(0);
		if (got >= (ssize_t)sizeof(struct fuse_in_header))
			answer_request(fuse, (const struct fuse_in_header *)bytes, name);
	}
}

bool stuck_fuse_mount(const char *dir, const char *name)
{
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	if (fuse < 0)
		return false;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other",
		 fuse);
	if (mount("stuck", dir, "fuse", MS_RDONLY | MS_NOSUID | MS_NODEV, options) < 0) {
		close(fuse);
		return false;
	}
	server = fork();
	if (server == 0)
		serve(fuse, name);
	close(fuse);
	return server > 0;
}

void stuck_fuse_unmount(const char *dir)
{
	/* When the server has ended, the kernel fails its pending requests. */
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	umount2(dir, MNT_DETACH);
}
