/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/initramfs.h"

/* Other tools bring an update-initramfs of their own, so the program is not that. */
static const struct {
	const char *program, *words;
} tools[INITRAMFS_COUNT] = {
	[INITRAMFS_UNKNOWN] = {0, ""},
	[INITRAMFS_TOOLS] = {"/usr/sbin/mkinitramfs",
			     " (a line in /etc/initramfs-tools/modules; update-initramfs -u)"},
	[INITRAMFS_DRACUT] = {"/usr/bin/dracut",
			      " (force_drivers in a file of /etc/dracut.conf.d; dracut --force)"},
	[INITRAMFS_MKINITCPIO] = {"/usr/bin/mkinitcpio",
				  " (MODULES in /etc/mkinitcpio.conf; mkinitcpio -P)"},
};

const char *initramfs_program(enum initramfs tool)
{
	return tools[tool].program;
}

const char *initramfs_words(enum initramfs tool)
{
	return tools[tool].words;
}
