/* SPDX-License-Identifier: GPL-2.0-or-later */
/* initramfs - the tools that make the initramfs of a system */
#pragma once

/** enum initramfs - the tool that this system has */
enum initramfs {
	INITRAMFS_UNKNOWN, /* none of these, several, or it could not be read */
	INITRAMFS_TOOLS,   /* the package initramfs-tools */
	INITRAMFS_DRACUT,
	INITRAMFS_MKINITCPIO,
	INITRAMFS_COUNT,
};

enum { INITRAMFS_WORDS_MAX = 6, INITRAMFS_HOOKS_MAX = 3 };

/** initramfs_program - the path of a program that only this tool has; NULL where unknown */
const char *initramfs_program(enum initramfs tool);

/** initramfs_words - how to add a module with that tool, as " (…)" after a word; "" where unknown
 */
const char *initramfs_words(enum initramfs tool);

/**
 * initramfs_rebuild_words - the command that builds the images of all installed kernels again, its
 * program first and NULL last: any of the kernels may be the next to boot. Not of INITRAMFS_UNKNOWN
 */
const char *const *initramfs_rebuild_words(enum initramfs tool);

/**
 * initramfs_hooks - the files by which that tool puts pins into an image, NULL last: one of them is
 * there where iommuctl was installed for it. Not of INITRAMFS_UNKNOWN
 */
const char *const *initramfs_hooks(enum initramfs tool);
