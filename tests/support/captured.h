/* SPDX-License-Identifier: GPL-2.0-or-later */
/* captured - the files of a capture of a tree, with their texts */
#pragma once

#include "capture/contents.h"

/** struct captured_file - @text: NUL-terminated     @status: as in struct entry */
struct captured_file {
	char *path, *text;
	size_t length;
	enum entry_kind kind;
	int status;
};

/** struct captured - files in order, then those that could not be read */
struct captured {
	struct captured_file *files;
	size_t count;
};

/** captured_new - capture a machine: @text is a tree (support/tree.h) */
struct captured captured_new(const char *text, bool with_serials);

void captured_free(struct captured *captured);

/** captured_find - the file at @path with @status, or NULL */
const struct captured_file *captured_find(const struct captured *captured, const char *path,
					  int status);

#define _autocaptured_ _cleanup_(captured_free)
