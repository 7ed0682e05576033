/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recording - notes of all accesses through the door of files (base/root.h) for a while
 *
 * Absent files are not noted: they are absent in the archive too.
 */
#pragma once

#include "base/root.h"
#include "capture/paths.h"

/**
 * struct access - the accesses to one file
 * @path: as the reader named it; it may contain links     @kinds: a bit for each enum root_access
 * that succeeded; reading a link that is no link counts as ROOT_LOOK     @failed: the enum
 * root_access that ended with @cause     @cause: the last failure other than absence, a negative
 * errno; or 0
 */
struct access {
	uint32_t path;
	uint8_t kinds, failed;
	int16_t cause;
};

_Static_assert(ROOT_ACCESS_COUNT <= 8, "a bit for each kind of access");

/** struct recording - @items: in the order of the first access to each file     @index: for each
 * path the number of its item + 1 */
struct recording {
	struct paths *paths;
	struct path_numbers index;
	struct access *items;
	size_t count, room;
	struct root_watch watch;
};

/** recording_start - begin; @recording must stay at its address until recording_stop */
void recording_start(struct recording *recording, struct paths *paths);

void recording_stop(const struct recording *recording);

/** recording_free - may be called again */
void recording_free(struct recording *recording);

/** access_is - true where one of the @kinds, bits for enum root_access, succeeded */
static inline bool access_is(const struct access *access, unsigned kinds)
{
	return access->kinds & kinds;
}

/** recording_find - the accesses to the file that a reader named @path, or NULL */
const struct access *recording_find(const struct recording *recording, uint32_t path);

#define _autorecording_ _cleanup_(recording_free)
