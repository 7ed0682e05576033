/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cleanup - locals that release what they own when they leave scope
 *
 *     _autofree_ char *line = NULL;
 *     _autoclose_ int fd = open(...);
 *     ...
 *     return steal_fd(&fd);          hand ownership to the caller
 */
#pragma once

#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))
#define _printf_(text, first) __attribute__((format(printf, text, first)))

/** _must_check_ - the caller has to look at the result */
#define _must_check_ __attribute__((warn_unused_result))

/** _nonnull_ - these arguments (by number from 1; all pointers where none is named) are not NULL */
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

#define _autofree_ _cleanup_(cleanup_free)
#define _autoclose_ _cleanup_(cleanup_close)

/** steal_fd - take a descriptor out of an _autoclose_ variable */
static inline int steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}
