/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contents - what a capture holds: the files that the sources read of this machine
 *
 * A survey (survey.h) reads all that a reading command or "check" could read, a recording
 * (recording.h) sees which files that takes, and these are read once more for the archive. Paths
 * are those of the machine, so that the unpacked tree is a root for --root. privacy.h says what is
 * left out. Beside them, below /iommuctl: the names that hwdb knows, the lines of the log that
 * matter, the network, the disks that are claimed, and the list of what could not be read and why,
 * which --root answers with the same errors.
 *
 * A folder that was listed has all its names, but for attributes that no source looks for in any
 * device: a device has sixty of them.
 */
#pragma once

#include "base/arena.h"
#include "base/root.h"
#include "capture/path_map.h"

enum entry_kind {
	ENTRY_TEXT,   /* an attribute: its text and a newline */
	ENTRY_BYTES,  /* a file with its bytes unchanged */
	ENTRY_CONFIG, /* a PCI config space: the bytes that sources/devices/pci_config.h reads */
	ENTRY_LINK,   /* @text is the text of the link */
	ENTRY_FOLDER, /* a folder that is listed and may be empty */
	ENTRY_MARK,   /* a file of which only the existence is needed */
};

/**
 * struct entry - one file of the archive
 * @status: 0, or the negative errno of reading it; then it is not in the archive
 * A file that is there and cannot be read has two entries.
 */
struct entry {
	enum entry_kind kind;
	const char *path;
	const char *text;
	size_t length;
	int status;
};

/** struct contents - @entries: by path; @index: their numbers while they are gathered */
struct contents {
	struct arena *arena;
	struct path_map *index;
	struct entry *entries;
	size_t count, room;
};

/**
 * contents_gather - read everything below @root
 * @ret_contents: free it with contents_free
 * Returns: 0; a negative errno where no child process for reading can be started.
 */
int contents_gather(const struct root *root, struct contents *ret_contents, struct error *e);

void contents_free(struct contents *contents);

#define _autocontents_ _cleanup_(contents_free)
