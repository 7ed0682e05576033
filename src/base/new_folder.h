/* SPDX-License-Identifier: GPL-2.0-or-later */
/* new_folder - folders that are on disk once they are made */
#pragma once

#include "base/error.h"

#include <sys/types.h>

/**
 * new_folder_make - make a folder that may exist, and those above it that are missing
 * @mode: of the folders that are made; the umask may reduce it
 * Returns: 0; a negative errno with a message that names the folder.
 */
_must_check_ int new_folder_make(const char *path, mode_t mode, struct error *e) _nonnull_();

/** new_folder_flush - write the names in a folder to disk; 0 or a negative errno with a message */
_must_check_ int new_folder_flush(const char *path, struct error *e) _nonnull_();

/**
 * new_folder_error - set the message "cannot VERB PATH: why"; returns @cause
 * A read-only file system is named as the remedy.
 */
int new_folder_error(struct error *e, int cause, const char *verb, const char *path);
