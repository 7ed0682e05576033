/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recording - notes of all accesses through the door of files (base/root.h) for a while
 *
 * Absent files are not noted: they are absent in the archive too.
 */
#pragma once

#include "base/root.h"
#include "base/text_map.h"

/**
 * struct access - the accesses to one file
 * @path: as the reader named it; it may contain links     @kinds: a bit for each enum root_access
 * that succeeded; reading a link that is no link counts as ROOT_LOOK     @cause: the last failure
 * other than absence, a negative errno; or 0     @failed: the access that ended with @cause
 */
struct access {
	const char *path;
	unsigned kinds;
	int cause;
	enum root_access failed;
};

/** struct recording - @items: in the order of the first access to each file */
struct recording {
	struct arena *arena;
	struct text_map *index;
	struct access *items;
	size_t count, room;
	struct root_watch watch;
};

/** recording_start - begin; @recording must stay at its address until recording_stop */
void recording_start(struct recording *recording);

void recording_stop(const struct recording *recording);

/** recording_free - may be called again */
void recording_free(struct recording *recording);

/** access_is - true where one of the @kinds, bits for enum root_access, succeeded */
static inline bool access_is(const struct access *access, unsigned kinds)
{
	return access->kinds & kinds;
}

/** recording_find - the accesses to the file that a reader named @path, or NULL */
const struct access *recording_find(const struct recording *recording, const char *path);

#define _autorecording_ _cleanup_(recording_free)
