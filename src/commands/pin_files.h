/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin_files - the files that "pin" and "unpin" change, for their documents */
#pragma once

#include "actions/pin_store.h"
#include "base/root.h"

#include <json-c/json.h>

/**
 * pin_files_read - set @before of each change, also for a dry run, which makes none
 * A file that cannot be read is as one that is not there: the source "pins" is partial then.
 * @arena: owns the texts
 */
void pin_files_read(const struct root *root, struct pin_change *changes, size_t count,
		    struct arena *arena) _nonnull_(1, 4);

/**
 * pin_files_json - "pin_files" of a document: {name, file, before, after} for each change
 * Both texts are lists of lines, or null where there is no file.
 */
struct json_object *pin_files_json(const struct pin_change *changes, size_t count);
