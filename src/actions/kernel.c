/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/kernel.h"

#include "actions/owner_rule.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "sources/modules/modules_kmod.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A newline clears an override: a write of no bytes never reaches the kernel. All other texts have
 * no newline: state_synced, for example, accepts only "1".
 */
static int write_live(const struct kernel *kernel, const struct root *root, const char *file,
		      const char *text)
{
	const char *bytes = *text ? text : "\n";
	size_t length = strlen(bytes);
	_autoclose_ int fd = root_openat(root, file, O_WRONLY | O_NOCTTY);
	ssize_t written;

	if (fd < 0)
		return fd;
	/*
	 * A text that is written in two parts is two requests to the kernel, so a short write is
	 * not continued.
	 */
	written = write(fd, bytes, length);
	if (written < 0)
		return -errno;
	return (size_t)written == length ? 0 : -EIO;
}

static int load_live(const struct kernel *kernel, const struct root *root, const char *module)
{
	/* A module is loaded into the running kernel, which a captured tree must not cause. */
	return root_is_live(root) ? modules_kmod_load(module) : -EROFS;
}

static int give_live(const struct kernel *kernel, const struct root *root, const char *file,
		     const char *rule)
{
	return root_is_live(root) ? owner_rule_store(file, rule) : -EROFS;
}

static int claim_live(const struct kernel *kernel, const struct root *root, const char *node,
		      dev_t number)
{
	char path[PATH_SIZE];
	struct stat status;
	_autoclose_ int fd = -1;

	if (!text_join("/dev", node, path, sizeof(path)))
		return -ENAMETOOLONG;
	fd = root_openat(root, path, O_RDONLY | O_EXCL | O_NONBLOCK);
	if (fd < 0)
		return fd;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISBLK(status.st_mode) || status.st_rdev != number)
		return -ENODEV;
	return steal_fd(&fd);
}

const struct kernel kernel_live = {
	.write = write_live, .load = load_live, .give = give_live, .claim = claim_live};
