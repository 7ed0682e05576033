/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/initramfs_build.h"

#include "actions/tool.h"
#include "base/arena.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Compressing an image on a small machine takes minutes without a line. */
	SILENCE_OF_BUILDER_MS = 15 * 60 * 1000,
	ALL_IMAGES_MS = 60 * 60 * 1000,
};

/* The hooks of iommuctl fail where they cannot make the list; else they only warn of that. */
#define INITRAMFS_REQUIRES_PINS "IOMMUCTL_PINS_REQUIRED=1"

static char *path_below(const char *top, const char *path)
{
	char *full;

	if (asprintf(&full, "%s%s", top, path) < 0)
		memory_exhausted();
	return full;
}

static bool is_there(const char *top, const char *path, int mode)
{
	_autofree_ char *full = path_below(top, path);

	return access(full, mode) == 0;
}

static bool has_hook(const char *top, enum initramfs tool)
{
	for (const char *const *hooks = initramfs_hooks(tool); *hooks; hooks++)
		if (is_there(top, *hooks, F_OK))
			return true;
	return false;
}

int initramfs_find_builder(const char *top, enum initramfs *ret_tool, struct error *e)
{
	const char *without_hook = NULL;

	for (enum initramfs tool = INITRAMFS_UNKNOWN + 1; tool < INITRAMFS_COUNT; tool++) {
		const char *program = initramfs_rebuild_words(tool)[0];

		if (!is_there(top, program, X_OK))
			continue;
		if (has_hook(top, tool)) {
			*ret_tool = tool;
			return 0;
		}
		without_hook = program;
	}
	if (without_hook)
		error_set(e, ERROR_IO, 0, "%s has no hook of iommuctl, which puts pins into images",
			  without_hook);
	else
		error_set(e, ERROR_IO, 0,
			  "no program that builds an initramfs was found (update-initramfs, "
			  "dracut, mkinitcpio)");
	error_remedy(e, "With --no-initramfs the service alone applies pins at boot");
	return -ENOENT;
}

int initramfs_build(const char *top, enum initramfs tool, FILE *progress, struct error *e)
{
	const char *words[INITRAMFS_WORDS_MAX];
	_autofree_ char *program = path_below(top, initramfs_rebuild_words(tool)[0]);
	const struct tool builder = {.words = words,
				     .variable = INITRAMFS_REQUIRES_PINS,
				     .progress = progress,
				     .silence_ms = SILENCE_OF_BUILDER_MS,
				     .total_ms = ALL_IMAGES_MS};

	memcpy(words, initramfs_rebuild_words(tool), sizeof(words));
	words[0] = program;
	return tool_run(&builder, e);
}
