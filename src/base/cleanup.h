/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cleanup - local variables that release what they own when they leave scope
 *
 *     _autofree_ char *line = NULL;
 *     _autoclose_ int fd = open(...);
 *     ...
 *     return steal_fd(&fd);          the caller owns it now
 */
#pragma once

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))
#define _printf_(text, first) __attribute__((format(printf, text, first)))

/** _must_check_ - the caller has to use the result */
#define _must_check_ __attribute__((warn_unused_result))

/**
 * _nonnull_ - the arguments with these numbers, from 1, are not NULL; without numbers all pointers
 */
#define _nonnull_(...) __attribute__((nonnull(__VA_ARGS__)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_folder(DIR *const *folder)
{
	if (*folder)
		closedir(*folder);
}

#define _autofree_ _cleanup_(cleanup_free)
#define _autoclose_ _cleanup_(cleanup_close)
#define _autofolder_ _cleanup_(cleanup_folder)

/** steal_fd - move a descriptor out of an _autoclose_ variable, which no longer closes it */
static inline int steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}
