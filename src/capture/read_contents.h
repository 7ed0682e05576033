/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read_contents - read the files of a capture, one after the other
 *
 * A capture of ten thousand devices has more text than all that is known about it, so only a few
 * hundred files are in memory at a time.
 */
#pragma once

#include "capture/contents.h"

/**
 * contents_read - call @each with all entries that go into the archive, in order, with their texts
 * @path: of the entry     Texts are valid during the call.
 * A file that is gone since it was found is left out; one that cannot be read is one of which only
 * the existence is known, and @contents get the entry that tells the errno. Entries with a status
 * are complete afterwards. To be called once.
 * Returns: 0; a negative errno where no child process for reading can be started.
 */
_must_check_ int contents_read(struct contents *contents,
			       void (*each)(void *context, const char *path,
					    const struct entry *entry),
			       void *context, struct error *e);
