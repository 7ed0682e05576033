/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contents - what a capture holds: all that the reading commands read, for later ones too
 *
 * Paths are those of the machine, so that the unpacked tree is a root for --root. Beside them,
 * below /iommuctl: the names that hwdb knows, the lines of the log that matter, and the list of
 * what could not be read and why, which --root answers with the same errors.
 *
 * Nothing personal: of processes only the descriptors of device nodes, the names of who has them
 * open and of whose network namespaces there are, and where file systems are mounted; no serial
 * numbers, no hardware addresses, no seeds, and made-up network addresses.
 */
#pragma once

#include "base/arena.h"
#include "base/root.h"

enum entry_kind {
	ENTRY_TEXT,   /* an attribute: its text and a newline */
	ENTRY_BYTES,  /* a file as it is */
	ENTRY_CONFIG, /* a PCI config space: what sources/devices/pci_config.h reads of it */
	ENTRY_LINK,   /* @text is the link's own text */
	ENTRY_FOLDER, /* a folder that is listed and may be empty */
	ENTRY_MARK,   /* a file whose existence is all that may be looked at */
};

/** struct entry - @status: 0, or the negative errno of reading it; then it is not in the archive */
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
 * @ret_contents: to be given to contents_free
 * Returns: 0; a negative errno where not even reading processes can be started.
 */
int contents_gather(const struct root *root, struct contents *ret_contents, struct error *e);

void contents_free(struct contents *contents);

#define _autocontents_ _cleanup_(contents_free)
