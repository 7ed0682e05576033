/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin_store - write and remove the files of pins: each is old or new, and on disk afterwards */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/**
 * pin_store_write - make or replace the file of a pin; the folders are made where they are missing
 * @folder: PINS_FOLDER (model/pin_file.h), or that of a test     @name: without PIN_SUFFIX
 * Returns: 0; a negative errno, and then the older file is as it was.
 */
_must_check_ int pin_store_write(const char *folder, const char *name, struct span text,
				 struct error *e);

/** pin_store_remove - remove the file of a pin; ERROR_NO_MATCH where there is none */
_must_check_ int pin_store_remove(const char *folder, const char *name, struct error *e);

/**
 * struct pin_change - one file that is written or removed
 * @name: of the pin     @text: the new file; its start is NULL: the file is removed
 * @before: the older file; its start is NULL: there was none. Set by pin_store_change
 * @done: set by pin_store_change where the file was changed
 */
struct pin_change {
	const char *name;
	struct span text, before;
	bool done;
};

/**
 * pin_store_change - make all @count changes, or none: after a failure those that were made are
 * undone
 * @arena: owns the older files
 * Returns: 0; a negative errno, with ERROR_NO_MATCH where a file that is to be removed is not there
 */
_must_check_ int pin_store_change(const char *folder, struct pin_change *changes, size_t count,
				  struct arena *arena, struct error *e);

/** pin_store_undo - give back the older files of the changes that were made */
_must_check_ int pin_store_undo(const char *folder, const struct pin_change *changes, size_t count,
				struct error *e);
