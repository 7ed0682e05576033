/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct root_watch *watcher;

/* @failure: see root_muted_failure */
static struct {
	bool on;
	int failure;
} muted;

void root_watch(const struct root_watch *watch)
{
	watcher = watch;
}

bool root_is_watched(void)
{
	return watcher;
}

bool root_is_absence(int cause)
{
	/*
	 * Once its device or process is gone, kernfs answers ENODEV for an open file, procfs ESRCH.
	 */
	return cause == -ENOENT || cause == -ENOTDIR || cause == -ENODEV || cause == -ESRCH ||
	       cause == -ENXIO;
}

bool root_is_exhaustion(int cause)
{
	return cause == -EMFILE || cause == -ENFILE || cause == -ENOMEM;
}

/*
 * True for a result that is no failure to look: readlink answers EINVAL for a file that is no link,
 * an empty drive ENOMEDIUM; failed writes are reported by the writer.
 */
bool is_answer(enum root_access access, ssize_t result)
{
	return result >= 0 || root_is_absence((int)result) || access == ROOT_WRITE ||
	       (access == ROOT_LINK && result == -EINVAL) ||
	       (access == ROOT_CLAIM && (result == -EBUSY || result == -ENOMEDIUM));
}

/* Of several failures the first counts, or the first exhaustion. */
static bool counts_after(int cause, int earlier)
{
	return !earlier || (root_is_exhaustion(cause) && !root_is_exhaustion(earlier));
}

/* Keep the first failed access, or the first exhaustion: that makes the command fail. */
static void note_failure(struct root_failures *failures, const char *path, int cause)
{
	bool is_same = failures->count && strcmp(failures->file, path) == 0;

	failures->count += !is_same;
	if (!counts_after(cause, failures->cause))
		return;
	failures->cause = cause;
	snprintf(failures->file, sizeof(failures->file), "%s", path);
}

int access_begin(enum root_access access, const char *path)
{
	return watcher && watcher->before ? watcher->before(watcher->context, access, path) : 0;
}

ssize_t access_end(const struct root *root, enum root_access access, const char *path,
		   ssize_t result)
{
	if (muted.on) {
		if (!is_answer(access, result) && counts_after((int)result, muted.failure))
			muted.failure = (int)result;
		return result;
	}
	if (watcher && watcher->after)
		watcher->after(watcher->context, access, path, result);
	relay_access(access, path, result);
	if (!is_answer(access, result))
		note_failure(root->failures, path, (int)result);
	return result;
}

void root_mute(void)
{
	muted.on = true;
	muted.failure = 0;
}

int root_muted_failure(void)
{
	int failure = muted.failure;

	muted.failure = 0;
	return failure;
}

void root_unmute(void)
{
	muted.on = false;
}

void root_passed(const struct root *root, enum root_access access, const char *path, ssize_t result)
{
	access_end(root, access, path, result);
}

void root_noticed(const struct root *root, const char *folder, const char *name)
{
	char path[PATH_SIZE];

	if (watcher && root_path(root, path, "%s/%s", folder, name) >= 0)
		root_passed(root, ROOT_LOOK, path, 1);
}

void root_take_failures(const struct root *root, struct root_failures *ret_failures)
{
	const struct root_failures *noted = root->failures;

	/* Each source takes the notes, and nearly always there are none: copy and clear no path. */
	ret_failures->count = noted->count;
	ret_failures->cause = noted->cause;
	memcpy(ret_failures->file, noted->file, strlen(noted->file) + 1);
	root_forget_failures(root);
}

void root_forget_failures(const struct root *root)
{
	root->failures->count = 0;
	root->failures->cause = 0;
	root->failures->file[0] = '\0';
}
