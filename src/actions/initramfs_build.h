/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * initramfs_build - build the initramfs again, so that it has the pins as they are now
 *
 * The tool of the system does it (model/initramfs.h): its hook runs "iommuctl pins --compile". Each
 * new image is written beside the old one, which stays where that fails; mkinitcpio does so where
 * it finds room (mkinitcpio: build_image).
 */
#pragma once

#include "base/error.h"
#include "model/initramfs.h"

#include <stdbool.h>
#include <stdio.h>

/**
 * initramfs_find_builder - the tool that is installed together with iommuctl's hook for it
 * @top: stands before the paths of tools and hooks: "", or the folder of a test
 * Returns: 0; -ENOENT with a remedy where no tool, or no hook, is there.
 */
_must_check_ int initramfs_find_builder(const char *top, enum initramfs *ret_tool, struct error *e);

/**
 * initramfs_build - run the tool until its end, which may be minutes away
 * The tool goes on where this process ends: it is not cut off half-way.
 * @tool: of initramfs_find_builder, with the same @top
 * @progress: gets each line that the tool prints, escaped, or NULL
 * @ret_begun: set also on failure: an image may have the pins as they are now
 * Returns: 0; a negative errno with the last line of the tool in @e: -EIO where it failed, or has
 * succeeded without an image that has the pins; -ETIMEDOUT where it has printed nothing for a
 * quarter of an hour.
 */
_must_check_ int initramfs_build(const char *top, enum initramfs tool, FILE *progress,
				 bool *ret_begun, struct error *e) _nonnull_(1, 4);
