/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * new_file - a file that appears whole under its name, or not at all
 *
 * It grows under a temporary name in the same folder; new_file_publish flushes it to the disk and
 * gives it its name. Until then new_file_free removes it, and so an older file of that name stays.
 */
#pragma once

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct new_file;

/**
 * new_file_open - begin a file
 * @overwrite: an existing regular file is replaced at the end; a device node, link, pipe or folder
 * never is     @mode: of the file; the umask may reduce it
 * Returns: 0; -EEXIST, -EROFS, -EACCES, -ENOSPC, …
 */
_must_check_ int new_file_open(const char *path, bool overwrite, mode_t mode,
			       struct new_file **ret_file, struct error *e);

/** new_file_stream - where to write; it belongs to @file. Errors of writing fail the publishing. */
FILE *new_file_stream(struct new_file *file) _nonnull_();

/** new_file_publish - flush the file and give it its name; -ENOSPC and others where that fails */
_must_check_ int new_file_publish(struct new_file *file, struct error *e) _nonnull_();

/**
 * new_file_write - replace the file @path by @length bytes, as new_file_open, the stream and
 * new_file_publish do
 */
_must_check_ int new_file_write(const char *path, mode_t mode, const void *bytes, size_t length,
				struct error *e) _nonnull_(1);

/** new_file_free - drop a file that was not published; accepts NULL */
void new_file_free(struct new_file *file);

static inline void cleanup_new_file(struct new_file **file)
{
	new_file_free(*file);
}

#define _autonewfile_ _cleanup_(cleanup_new_file)
