/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contents - the files of a capture: those that the sources read on this machine
 *
 * A survey (survey.h) reads everything that a reading command or "check" could read, a recording
 * (recording.h) notes the files, and these are read again while the archive is written
 * (read_contents.h): no text of them is kept. Paths are those of the machine, so that the unpacked
 * tree is a root for --root. privacy.h has the rules for data that is left out. In addition, below
 * /iommuctl: the names that hwdb knows, the relevant lines of the log, the network, the claimed
 * disks, and the list of unreadable files with their errors, which --root answers with the same
 * errors.
 *
 * A folder that was listed has all its names, except attributes that no source searches for in any
 * device: a device has sixty of them.
 */
#pragma once

#include "base/arena.h"
#include "base/root.h"
#include "capture/disguise.h"
#include "capture/paths.h"

enum entry_kind {
	ENTRY_TEXT,   /* entry: an attribute, its text and a newline */
	ENTRY_BYTES,  /* entry: a file with its bytes unchanged */
	ENTRY_CONFIG, /* a PCI config space: the bytes that sources/devices/pci_config.h reads */
	ENTRY_LINK,   /* entry: a link, @text is its text */
	ENTRY_FOLDER, /* entry: a folder that is listed and may be empty */
	ENTRY_MARK,   /* entry: a file of which only the existence is needed */
};

/**
 * struct entry - one file of the archive
 * @text: @length bytes; NULL for content that is not read yet
 * @status: 0, or the negative errno of reading it; then it is not in the archive
 * A file that exists and cannot be read has two entries.
 */
struct entry {
	const char *text;
	uint32_t length, path;
	enum entry_kind kind;
	int status;
};

/**
 * struct contents - the entries of a capture
 * @entries: by path; @numbers: of each path its entry + 1, while they are gathered
 */
struct contents {
	const struct root *root;
	struct arena *arena;
	struct disguise *disguise;
	struct paths *paths;
	struct path_numbers numbers;
	struct entry *entries;
	size_t count, room;
};

/**
 * contents_gather - find all files of a capture of the machine below @root, which stays in use
 * @with_serials: serials, and not digests of them
 * @ret_contents: free it with contents_free
 * Returns: 0; a negative errno where no child process for reading can be started.
 */
_must_check_ int contents_gather(const struct root *root, bool with_serials,
				 struct contents *ret_contents, struct error *e);

void contents_free(struct contents *contents);

#define _autocontents_ _cleanup_(contents_free)
