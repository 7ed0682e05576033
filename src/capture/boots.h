/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boots - the captures that are kept of each boot, so that "diff --boot -1" needs no forethought
 *
 * They stand in one folder as NUMBER-BOOT_ID.tar.gz. The number grows by one with each boot: the
 * clock of a machine may be wrong when it boots. One boot has one capture, the last that was made.
 */
#pragma once

#include "base/root.h"

#include <stdint.h>

#define BOOTS_FOLDER "/var/lib/iommuctl/boots"

enum { BOOTS_KEPT = 10 };

/** struct kept_boot - @number: from 1 on     @id: as the kernel writes it     @path: of the capture
 */
struct kept_boot {
	uint64_t number;
	const char *id, *path;
};

/** struct kept_boots - the captures of a folder, oldest boot first */
struct kept_boots {
	struct kept_boot *items;
	size_t count;
};

/**
 * boots_list - the captures in @folder; none where the folder is missing
 * Files of other names are left out. @ret_boots lives as long as @arena.
 */
_must_check_ int boots_list(const char *folder, struct arena *arena, struct kept_boots *ret_boots,
			    struct error *e);

/**
 * boots_find - the capture of a boot; NULL: none is kept
 * @current: the ID of the running boot     @back: 0 for that boot, 1 for the one before, …
 */
const struct kept_boot *boots_find(const struct kept_boots *boots, const char *current,
				   size_t back);

/** boots_path - the file for a capture of the boot @id: the one that is there, or a new one */
const char *boots_path(const struct kept_boots *boots, const char *folder, const char *id,
		       struct arena *arena);

/**
 * boots_choose - the capture that is kept of a boot
 * @root: has the ID of the running boot     @folder: BOOTS_FOLDER, or that of a test
 * Returns: 0; ERROR_NO_MATCH with the boots that have one as the remedy; ERROR_IO.
 */
_must_check_ int boots_choose(const struct root *root, const char *folder, size_t back,
			      struct arena *arena, const char **ret_path, struct error *e);

/** boots_place - the file for a capture of the running boot; the folder is made if it is missing */
_must_check_ int boots_place(const struct root *root, const char *folder, struct arena *arena,
			     const char **ret_path, struct error *e);

/** boots_settle - put the names in the folder on disk, and remove the oldest captures until
 * BOOTS_KEPT are left */
_must_check_ int boots_settle(const char *folder, struct arena *arena, struct error *e);
