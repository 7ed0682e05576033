/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_file - the text of a pin: lines "key = value", as iommuctl-pins(5) describes them
 *
 * The file is not trusted: a person may have edited it, or a crash may have cut it.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "model/pin.h"

/** The folder of pins, and the end of the names of its files. */
#define PINS_FOLDER "/etc/iommuctl/pins.d"
#define PIN_SUFFIX ".conf"

enum {
	/** bytes of the largest file that is accepted */
	PIN_FILE_MAX = 64 * 1024,
	/** length of the longest name of a pin, without PIN_SUFFIX */
	PIN_NAME_MAX = 64,
	/** most lines with one key */
	PIN_LINES_MAX = 512,
};

/** pin_name_is_valid - true for letters, digits and "._@:+-", not starting with a dot or a dash */
bool pin_name_is_valid(const char *name) _nonnull_();

/** pin_file_path - the file of the pin with that name, in @arena */
const char *pin_file_path(const char *name, struct arena *arena) _nonnull_();

/**
 * pin_parse - read the text of a pin
 * @name, @file: borrowed     @arena: owns all other texts
 * Returns: 0; -EBADMSG, with ERROR_MALFORMED and the line in @e.
 */
_must_check_ int pin_parse(const char *name, const char *file, struct span text,
			   struct arena *arena, struct pin *ret_pin, struct error *e);

/**
 * pin_words - what the device gets, for messages: "vfio-pci", "no driver", "4 virtual functions
 * with vfio-pci", "nvme and the type identity"; in @arena
 */
const char *pin_words(const struct pin *pin, struct arena *arena) _nonnull_();

/** pin_write - the text of @pin, which pin_parse reads to the same pin; in @arena */
struct span pin_write(const struct pin *pin, struct arena *arena) _nonnull_();
