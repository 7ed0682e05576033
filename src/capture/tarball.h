/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tarball - a tar file that is there whole or not at all. The only user of libarchive.
 *
 * The archive grows under a temporary name beside its place; tarball_publish flushes it to the disk
 * and gives it its name. Until then tarball_free removes it.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct tarball;

/**
 * tarball_new - begin an archive
 * @path: its name; what follows ".tar" chooses the compression (.tar.gz, .tar.zst, …)
 * @overwrite: an existing file is replaced at the end
 * Returns: 0; -EEXIST, -EROFS, -EACCES, -ENOSPC, …
 */
int tarball_new(const char *path, bool overwrite, struct tarball **ret_tarball, struct error *e);

/** tarball_free - drop an archive that was not published; accepts NULL */
void tarball_free(struct tarball *tarball);

/*
 * The three kinds of entries. @path is absolute and stored without its slash; the folders above it
 * need no entries. Returns: 0 or a negative errno (-ENOSPC).
 */
int tarball_add_file(struct tarball *tarball, const char *path, const void *bytes, size_t length,
		     struct error *e);
int tarball_add_link(struct tarball *tarball, const char *path, const char *target,
		     struct error *e);
int tarball_add_folder(struct tarball *tarball, const char *path, struct error *e);

/** tarball_publish - finish the archive and give it its name; frees it where it succeeds */
int tarball_publish(struct tarball **tarball, struct error *e);

static inline void cleanup_tarball(struct tarball **tarball)
{
	tarball_free(*tarball);
}

#define _autotarball_ _cleanup_(cleanup_tarball)
