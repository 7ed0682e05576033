/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ring_files - the files that an io_uring keeps open
 *
 * A process may register a file with its ring and close the descriptor: then only fdinfo of the
 * ring names the file, with its path or, on older kernels, with the last part of it
 * (io_uring/fdinfo.c: io_uring_show_fdinfo).
 */
#pragma once

#include "base/root.h"

/**
 * ring_files_has - true where a descriptor is an io_uring     @target: of its link, which may begin
 * with the folder of the link
 */
bool ring_files_has(const char *target);

/**
 * ring_files_read - call @each with every file that the ring keeps
 * @path: "/proc/99/fdinfo/3"     @file: a path, or a name without "/"
 * Returns: 0; -EAGAIN where the ring has files that the kernel does not list, as the ring is busy;
 * another negative errno.
 */
_must_check_ int ring_files_read(const struct root *root, const char *path,
				 void (*each)(void *context, const char *file), void *context);
