/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root_parts - the inside of the door; only for src/base/root*.c */
#pragma once

#include "base/root.h"
#include "base/unreadable.h"

/**
 * @fd: the root folder     @sys: /sys of the running machine, where nearly all files are; else -1
 * @failures: allocated on its own, so that failures can be noted on a const root
 * @unreadable: of a captured tree, or NULL
 */
struct root {
	int fd;
	int sys;
	bool live;
	struct root_failures *failures;
	struct unreadable *unreadable;
};

/**
 * access_begin - tell the watch (root_watch in base/root.h) of an access that begins
 * Returns: 0, or the negative errno with which the access has to fail.
 */
int access_begin(enum root_access access, const char *path);

/** access_end - tell the watch @result of an access, and note a failure; returns @result */
ssize_t access_end(const struct root *root, enum root_access access, const char *path,
		   ssize_t result);

/** is_answer - true where @result of an access is a fact about the machine, and not a failure */
bool is_answer(enum root_access access, ssize_t result);

/** relay_access - write the line of root_relay for an access, if it is needed */
void relay_access(enum root_access access, const char *path, ssize_t result);

/**
 * root_start - the descriptor from which *@path is resolved; if that is /sys, moves *@path past
 * "/sys/". Crossing into the mount of /sys for each of ten thousand files would take a sixth of the
 * whole time.
 */
int root_start(const struct root *root, const char **path);
