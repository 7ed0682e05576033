/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tarball - a tar file that exists complete or not at all
 *
 * The file grows under a temporary name in the same folder; tarball_publish flushes it to the disk
 * and gives it its name. Until then tarball_free removes it. Only the owner can read the archive
 * and the files in it; the umask may reduce that further.
 *
 * A name that ends in ".gz", ".zst" or the like is that of a compressed file (packer.h). The name
 * "-" is standard output: that is neither complete nor private by itself.
 *
 * libarchive is not used: it depends on libxml2, ICU and the C++ runtime, which would cost each
 * start of the program more time than showing two hundred devices. Format: tar_header.h.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct tarball;

/**
 * tarball_new - begin a file
 * @overwrite: an existing regular file is replaced at the end; a device node, link, pipe or folder
 * never is
 * Returns: 0; -EEXIST, -EROFS, -EACCES, -ENOSPC, …; ERROR_USAGE for "-" where standard output is a
 * terminal.
 */
_must_check_ int tarball_new(const char *path, bool overwrite, struct tarball **ret_tarball,
			     struct error *e);

/** tarball_free - drop a file that was not published; accepts NULL */
void tarball_free(struct tarball *tarball);

/*
 * Add one entry. @path is absolute and stored without its slash; the folders above it need no
 * entries. Errors of writing are kept until tarball_publish.
 */
void tarball_add_file(struct tarball *tarball, const char *path, const void *bytes, size_t length);
void tarball_add_link(struct tarball *tarball, const char *path, const char *target);
void tarball_add_folder(struct tarball *tarball, const char *path);

/** tarball_publish - finish the file and give it its name; -ENOSPC and others where that fails */
_must_check_ int tarball_publish(struct tarball *tarball, struct error *e);

static inline void cleanup_tarball(struct tarball **tarball)
{
	tarball_free(*tarball);
}

#define _autotarball_ _cleanup_(cleanup_tarball)
