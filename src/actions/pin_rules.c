/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/pin_rules.h"

#include "actions/tool.h"
#include "base/arena.h"
#include "base/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Before the rules that load the module of a driver: 80-drivers.rules of systemd. */
#define RULES_FILE "05-iommuctl-pins.rules"

enum { RULES_MODE = 0644, RULES_FOLDER_MODE = 0755 };

/* Whether the file has these rules already; a file that cannot be read has others. */
static bool has_rules(const char *path, struct span rules)
{
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	_autofree_ char *text = malloc(rules.length + 1);

	if (!text)
		memory_exhausted();
	return fd >= 0 && read(fd, text, rules.length + 1) == (ssize_t)rules.length &&
	       memcmp(text, rules.start, rules.length) == 0;
}

static int remove_rules(const char *path, bool *ret_changed, struct error *e)
{
	*ret_changed = unlink(path) == 0;
	return *ret_changed || errno == ENOENT || errno == ENOTDIR
		       ? 0
		       : error_set(e, ERROR_IO, -errno, "cannot remove %s", path);
}

static int replace_rules(const char *folder, const char *path, struct span rules, bool *ret_changed,
			 struct error *e)
{
	*ret_changed = false;
	if (has_rules(path, rules))
		return 0;
	/* Without /run/udev no udev runs. */
	if (mkdir(folder, RULES_FOLDER_MODE) < 0 && errno != EEXIST)
		return errno == ENOENT ? 0
				       : error_set(e, ERROR_IO, -errno, "cannot make %s", folder);
	*ret_changed = true;
	return new_file_write(path, RULES_MODE, rules.start, rules.length, e);
}

/* udev looks for changed rules by itself, but not at each event. */
static int reload_rules(const char *udevadm, struct error *e)
{
	enum { RELOAD_MS = 5000 };
	const char *const words[] = {udevadm, "control", "--reload", "--timeout=3", NULL};
	const struct tool tool = {.words = words, .silence_ms = RELOAD_MS, .total_ms = RELOAD_MS};

	return access(udevadm, X_OK) == 0 ? tool_run(&tool, e) : 0;
}

int udev_rules_store(const char *folder, const char *file, const char *udevadm, struct span rules,
		     struct error *e)
{
	_autofree_ char *path = NULL;
	bool changed;
	int result;

	if (asprintf(&path, "%s/%s", folder, file) < 0)
		memory_exhausted();
	result = rules.length ? replace_rules(folder, path, rules, &changed, e)
			      : remove_rules(path, &changed, e);
	return result == 0 && changed ? reload_rules(udevadm, e) : result;
}

int pin_rules_store(const char *folder, const char *udevadm, struct span rules, struct error *e)
{
	return udev_rules_store(folder, RULES_FILE, udevadm, rules, e);
}
