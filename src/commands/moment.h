/* SPDX-License-Identifier: GPL-2.0-or-later */
/* moment - one side of a comparison: a document, a capture, or the machine now */
#pragma once

#include "checks/inventory.h"
#include "commands/options.h"

/** struct moment - @name: as the user gave it     @form: "document", "capture" or "machine" */
struct moment {
	const char *name, *form;
	struct inventory *inventory;
};

/**
 * moment_read - read one side
 * @path: a document of "show -J", "-" for one on standard input, a capture, or the folder that one
 * was unpacked into; NULL: the machine, or with --root that tree
 * Returns: 0; ERROR_IO, ERROR_PERMISSION; ERROR_MALFORMED for a file that is none of these.
 */
_must_check_ int moment_read(const struct options *options, const char *path,
			     struct moment *ret_moment, struct error *e);

void moment_free(struct moment *moment);

#define _automoment_ _cleanup_(moment_free)
