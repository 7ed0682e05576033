/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_boot - change the files of pins and what the next boot has of them: both or neither
 *
 * The files come first. A kill between the two leaves new files and an old initramfs: the service
 * applies what that does not know.
 */
#pragma once

#include "actions/pin_store.h"

#include <stdio.h>

/**
 * struct pin_boot - where, and how
 * @folder: of the pins
 * @top: stands before the paths of the tool and its hook: "", or the folder of a test
 * @with_initramfs: build the initramfs again
 * @progress: gets the lines of the tool that does that, or NULL
 */
struct pin_boot {
	const char *folder, *top;
	bool with_initramfs;
	FILE *progress;
};

/**
 * pin_boot_store - make the changes, and build the initramfs again
 * The older files are given back where it cannot be built, and the images that may have the new
 * pins are built once more; the tool is looked for first.
 * @changes: as for pin_store_change     @arena: owns the older files
 * Returns: 0; a negative errno.
 */
_must_check_ int pin_boot_store(const struct pin_boot *boot, struct pin_change *changes,
				size_t count, struct arena *arena, struct error *e);
