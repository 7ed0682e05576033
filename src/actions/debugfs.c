/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/debugfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

static bool is_debugfs(int fd)
{
	struct statfs status;

	return fstatfs(fd, &status) == 0 && status.f_type == DEBUGFS_MAGIC;
}

/* Linux 5.2 and later; the mount ends when its last descriptor is closed. */
static int mount_at_no_path(void)
{
	_autoclose_ int context = (int)syscall(SYS_fsopen, "debugfs", FSOPEN_CLOEXEC);
	_autoclose_ int mount = -1;
	int fd;

	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (mount < 0)
		return -errno;
	fd = openat(mount, ".", FOLDER);
	return fd < 0 ? -errno : fd;
}

int debugfs_open(const struct root *root)
{
	_autoclose_ int fd = root_openat(root, "/sys/kernel/debug", FOLDER);
	int result;

	if (!root_is_live(root) || (fd >= 0 && is_debugfs(fd)))
		return fd < 0 ? fd : steal_fd(&fd);
	result = mount_at_no_path();
	/* The kernel has no debugfs, it is off (debugfs=off), or it has no fsopen. */
	return result == -ENODEV || result == -ENOSYS ? -ENOENT : result;
}
