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

/** initramfs_program - the path of a program that only this tool has; NULL where unknown */
const char *initramfs_program(enum initramfs tool);

/** initramfs_words - how to add a module with that tool, as " (…)" after a word; "" where unknown
 */
const char *initramfs_words(enum initramfs tool);
