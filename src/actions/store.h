/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store - /run/iommuctl, the files that iommuctl needs after a crash; gone with the boot
 *
 * Only the user who changes the machine may write there: it must be a folder and no link, owned by
 * that user, and not writable by others. Files are named relative to the open folder, and no link
 * is followed, so that the checked folder is the one in use.
 */
#pragma once

#include "base/root.h"
#include "base/text.h"

#include <stdbool.h>

#define STORE_DIR "/run/iommuctl"

struct store;

/**
 * store_open - open the folder; with @create make it if it is missing
 * Returns: 0; -ENOENT (@e untouched) where it is missing and @create is not set.
 */
_must_check_ int store_open(const struct root *root, bool create, struct store **ret_store,
			    struct error *e);

/** store_free - close the store; accepts NULL */
void store_free(struct store *store);

/** store_root - the root that contains the store; lives as long as the caller's */
const struct root *store_root(const struct store *store);

/** store_boot_id - the ID of this boot; lives as long as @store */
const char *store_boot_id(const struct store *store);

/**
 * store_openat - a descriptor of a file, close-on-exec; with O_CREAT only root can read the file
 */
int store_openat(const struct store *store, const char *name, int flags);

/**
 * store_read - a whole file of at most @most bytes
 * Returns: 0; -ENOENT (@e untouched) where the file is missing.
 */
_must_check_ int store_read(const struct store *store, const char *name, size_t most,
			    struct arena *arena, struct span *ret_bytes, struct error *e);

/**
 * store_replace - replace a file by @bytes, on disk when this returns
 * After a crash the file is either the old one or the new one in full.
 */
_must_check_ int store_replace(const struct store *store, const char *name, struct span bytes,
			       struct error *e);

/** store_write - write all of @bytes at offset @at of an open file; 0 or a negative errno */
int store_write(int fd, struct span bytes, off_t at);

/** store_error - set the message "cannot VERB /run/iommuctl/NAME: why"; returns @cause */
int store_error(struct error *e, int cause, const char *verb, const char *name);

static inline void cleanup_store(struct store **store)
{
	store_free(*store);
}

#define _autostore_ _cleanup_(cleanup_store)
