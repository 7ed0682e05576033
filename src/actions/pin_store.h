/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin_store - write and remove the files of pins: each is old or new, and on disk afterwards */
#pragma once

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
