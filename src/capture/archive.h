/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * archive - a capture that is not unpacked, as a tree for --root
 *
 * The archive, compressed or not, is unpacked into a folder below $TMPDIR or /tmp that only the
 * user can read. A child process removes it as soon as this process has ended, also if that is
 * killed. A second call for the same file has the same folder.
 */
#pragma once

#include "base/root.h"

/** archive_is - true where @path is a regular file, and so may be an archive */
bool archive_is(const char *path);

/**
 * archive_open - the tree in an archive
 * Returns: 0; ERROR_MALFORMED for a file that is no archive, or is refused (capture/untar.h);
 * ERROR_IO.
 */
_must_check_ int archive_open(const char *path, struct root **ret_root, struct error *e);
