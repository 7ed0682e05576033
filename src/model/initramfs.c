/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/initramfs.h"

/* Other tools bring an update-initramfs of their own, so the program is not that. */
static const struct {
	const char *program, *words;
	const char *rebuild[INITRAMFS_WORDS_MAX];
	const char *hooks[INITRAMFS_HOOKS_MAX];
} tools[INITRAMFS_COUNT] = {
	[INITRAMFS_UNKNOWN] = {0, ""},
	[INITRAMFS_TOOLS] = {"/usr/sbin/mkinitramfs",
			     " (a line in /etc/initramfs-tools/modules; update-initramfs -u)",
			     {"/usr/sbin/update-initramfs", "-u", "-k", "all"},
			     {"/usr/share/initramfs-tools/hooks/iommuctl",
			      "/etc/initramfs-tools/hooks/iommuctl"}},
	[INITRAMFS_DRACUT] = {"/usr/bin/dracut",
			      " (force_drivers in a file of /etc/dracut.conf.d; dracut --force)",
			      {"/usr/bin/dracut", "--force", "--regenerate-all"},
			      {"/usr/lib/dracut/modules.d/90iommuctl/module-setup.sh"}},
	[INITRAMFS_MKINITCPIO] = {"/usr/bin/mkinitcpio",
				  " (MODULES in /etc/mkinitcpio.conf; mkinitcpio -P)",
				  {"/usr/bin/mkinitcpio", "-P"},
				  /* It puts the hook into HOOKS, as the user has decided. */
				  {"/etc/mkinitcpio.conf.d/iommuctl.conf"}},
};

const char *initramfs_program(enum initramfs tool)
{
	return tools[tool].program;
}

const char *initramfs_words(enum initramfs tool)
{
	return tools[tool].words;
}

const char *const *initramfs_rebuild_words(enum initramfs tool)
{
	return tools[tool].rebuild;
}

const char *const *initramfs_hooks(enum initramfs tool)
{
	return tools[tool].hooks;
}
