/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/pin_rules.h"

#include "base/arena.h"
#include "base/new_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Before the rules that load the module of a driver: 80-drivers.rules of systemd. */
#define RULES_FILE "05-iommuctl-pins.rules"

enum { RULES_MODE = 0644, RULES_FOLDER_MODE = 0755 };

static int write_rules(const char *path, struct span rules, struct error *e)
{
	_autonewfile_ struct new_file *file = NULL;
	int result = new_file_open(path, true, RULES_MODE, &file, e);

	if (result < 0)
		return result;
	/* An error of the stream fails the publishing. */
	fwrite(rules.start, 1, rules.length, new_file_stream(file));
	return new_file_publish(file, e);
}

int pin_rules_store(const char *folder, struct span rules, struct error *e)
{
	_autofree_ char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, RULES_FILE) < 0)
		memory_exhausted();
	if (!rules.length)
		return unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR
			       ? 0
			       : error_set(e, ERROR_IO, -errno, "cannot remove %s", path);
	/* Without /run/udev no udev runs. */
	if (mkdir(folder, RULES_FOLDER_MODE) < 0 && errno != EEXIST)
		return errno == ENOENT ? 0
				       : error_set(e, ERROR_IO, -errno, "cannot make %s", folder);
	return write_rules(path, rules, e);
}
