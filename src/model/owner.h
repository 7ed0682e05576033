/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner - the user that gets the VFIO nodes of devices: --owner USER[:GROUP] */
#pragma once

#include "base/answer.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** Values of @memlock beside a number of bytes. */
enum { MEMLOCK_UNLIMITED = -1, MEMLOCK_UNSET = -2 };

/**
 * struct owner - @words: as on the command line
 * @uid, @gid: their numbers; @gid has no meaning without @has_group
 * @memlock: bytes that the user may lock, by the files of pam_limits(8); MEMLOCK_UNLIMITED;
 * MEMLOCK_UNSET: no line there is about the user
 * @has_udev: udev runs, which gives the nodes away
 */
struct owner {
	const char *words;
	uid_t uid;
	gid_t gid;
	bool has_group;
	int64_t memlock;
	enum answer has_udev;
};
