/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * untar - the files, folders and links of a tar file, in a folder of their own
 *
 * The archive may be hostile: no name leads out of the folder, no link is followed while files are
 * made, other kinds of entries are refused, and so is more than UNTAR_BYTES_MAX or
 * UNTAR_ENTRIES_MAX. Links are made as they are: a reader of the tree must not follow them out of
 * it (base/root.h does not). Owners, times and modes are not taken over: only the user can read the
 * files.
 */
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

enum {
	UNTAR_FILE_MAX = 64 * 1024 * 1024,
	UNTAR_BYTES_MAX = 1024 * 1024 * 1024,
	UNTAR_ENTRIES_MAX = 4 * 1024 * 1024,
};

/**
 * struct untar_source - where the bytes come from
 * @read: up to @size bytes; their number, 0 at the end, a negative errno
 */
struct untar_source {
	ssize_t (*read)(void *context, void *bytes, size_t size);
	void *context;
};

/**
 * untar - make all entries of an archive below @folder, an open folder that is empty
 * Returns: 0; ERROR_MALFORMED for a file that is no archive, is cut off or is refused; ERROR_IO.
 */
_must_check_ int untar(const struct untar_source *source, int folder, struct error *e);
