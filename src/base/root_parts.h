/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root_parts - what the files of the door share; for src/base/root*.c alone
 */
#pragma once

#include "base/root.h"
#include "base/unreadable.h"

/**
 * @fd: the root folder     @sys: /sys of the running machine, where nearly all files are; else -1
 * @failures: allocated apart, so that a const root can note what it met
 * @unreadable: of a captured tree, or NULL
 */
struct root {
	int fd;
	int sys;
	bool live;
	struct root_failures *failures;
	struct unreadable *unreadable;
};

/** access_begin - ask the watch: 0, or the negative errno that the access must fail with */
int access_begin(enum root_access access, const char *path);

/** access_end - tell the watch, and note a failure; returns @result */
ssize_t access_end(const struct root *root, enum root_access access, const char *path,
		   ssize_t result);

/**
 * root_start - the descriptor that *@path starts from; moves *@path behind "/sys/" where that
 * descriptor is /sys. Crossing into the mount of /sys for each of ten thousand files is a sixth of
 * the whole work.
 */
int root_start(const struct root *root, const char **path);
