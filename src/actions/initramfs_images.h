/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * initramfs_images - the images of dracut, which replaces one where it lies
 *
 * dracut copies the new image over the old one, and removes it where that fails (dracut.sh: cp
 * "$DRACUT_TMPDIR/initramfs.img" "$outfile"): a power cut or a full /boot would leave a machine
 * that does not boot. So it gets another name to write to, and the finished file is renamed.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

/** struct initramfs_image - an image that is there; @next: the name that the new one grows under */
struct initramfs_image {
	const char *kernel, *path, *next;
};

struct initramfs_images {
	struct initramfs_image *items;
	size_t count;
};

/**
 * initramfs_images_find - the images of all kernels with modules, at each place that dracut knows
 * @top: stands before all paths     @arena: owns them
 */
struct initramfs_images initramfs_images_find(const char *top, struct arena *arena) _nonnull_();

/**
 * initramfs_image_replace - flush the new image, and give it the name of the old one
 * Returns: 0; a negative errno, and then the old image stays.
 */
_must_check_ int initramfs_image_replace(const struct initramfs_image *image, struct error *e)
	_nonnull_();
