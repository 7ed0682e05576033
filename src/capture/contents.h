/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contents - the files of a capture: all that reading commands read, also commands of later
 * versions
 *
 * Paths are those of the machine, so that the unpacked tree is a root for --root. In addition,
 * below /iommuctl: the names that hwdb knows, the relevant lines of the log, and the list of files
 * that could not be read with their errors, which --root answers with the same errors.
 *
 * Personal data is left out: of processes only the descriptors of device nodes, the names of the
 * processes that have them open and of owners of network namespaces, and mount points; no serial
 * numbers, no hardware addresses, no seeds, and made-up network addresses.
 */
#pragma once

#include "base/arena.h"
#include "base/root.h"

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
 */
struct entry {
	enum entry_kind kind;
	const char *path;
	const char *text;
	size_t length;
	int status;
};

struct contents {
	struct arena *arena;
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
