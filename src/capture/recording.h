/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recording - all that passed through the door of files (base/root.h) for a while: which file was
 * opened, listed, followed or looked for
 *
 * A file that was absent leaves no trace: it is absent in the archive too.
 */
#pragma once

#include "base/root.h"
#include "capture/path_map.h"

/**
 * struct access - what was done with one file
 * @path: as the reader named it; links may be in it     @kinds: a bit for each enum root_access
 * that succeeded; reading a link that is none counts as ROOT_LOOK     @cause: the last failure
 * other than absence, a negative errno; or 0     @failed: what ended with @cause
 */
struct access {
	const char *path;
	unsigned kinds;
	int cause;
	enum root_access failed;
};

/** struct recording - @items: in the order in which the files were first met */
struct recording {
	struct arena *arena;
	struct path_map *index;
	struct access *items;
	size_t count, room;
	struct root_watch watch;
};

/** recording_start - begin; @recording must stay where it is until recording_stop */
void recording_start(struct recording *recording);

void recording_stop(const struct recording *recording);

void recording_free(struct recording *recording);

/** access_is - true where one of the @kinds, bits for enum root_access, succeeded */
static inline bool access_is(const struct access *access, unsigned kinds)
{
	return access->kinds & kinds;
}

/** recording_find - what was done with the file that a reader named @path, or NULL */
const struct access *recording_find(const struct recording *recording, const char *path);

#define _autorecording_ _cleanup_(recording_free)
