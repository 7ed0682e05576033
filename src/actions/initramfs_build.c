/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/initramfs_build.h"

#include "actions/initramfs_images.h"
#include "actions/initramfs_proof.h"
#include "actions/tool.h"
#include "base/arena.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Compressing an image on a small machine takes minutes without a line. */
	SILENCE_OF_BUILDER_MS = 15 * 60 * 1000,
	ALL_IMAGES_MS = 60 * 60 * 1000,
};

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
	error_remedy(e, "With --no-initramfs images stay as they are: the service alone applies "
			"pins at boot");
	return -ENOENT;
}

/* Builds that belong together. @last: the last line of the tool */
struct building {
	const char *top;
	FILE *progress;
	struct initramfs_proof proof;
	char last[TOOL_LINE_SIZE];
};

static int run_builder(struct building *building, const char *const *words, struct error *e)
{
	_autofree_ char *program = path_below(building->top, words[0]);
	const char *own_words[INITRAMFS_WORDS_MAX];
	const struct tool builder = {.words = own_words,
				     .variable = building->proof.variable,
				     .progress = building->progress,
				     .last_line = building->last,
				     .silence_ms = SILENCE_OF_BUILDER_MS,
				     .total_ms = ALL_IMAGES_MS};

	memcpy(own_words, words, sizeof(own_words));
	own_words[0] = program;
	return tool_run(&builder, e);
}

static int build_image(struct building *building, const char *program,
		       const struct initramfs_image *image, struct error *e)
{
	const char *words[INITRAMFS_WORDS_MAX] = {program,	 "--force",   "--kver",
						  image->kernel, image->next, NULL};
	int result = run_builder(building, words, e);

	if (result == 0)
		result = initramfs_image_replace(image, e);
	/* A tool that has not ended still writes it. */
	if (result < 0 && result != -ETIMEDOUT)
		unlink(image->next);
	return result;
}

/* With dracut each image that is there; where there is none, none can be lost. */
static int build_images(struct building *building, enum initramfs tool, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	const char *const *words = initramfs_rebuild_words(tool);
	struct initramfs_images images = {0};
	int result = 0;

	if (tool == INITRAMFS_DRACUT)
		images = initramfs_images_find(building->top, arena);
	for (size_t i = 0; i < images.count && result == 0; i++)
		result = build_image(building, words[0], &images.items[i], e);
	return images.count ? result : run_builder(building, words, e);
}

/* The tool has succeeded, but its hook has not run. */
static int say_unbuilt(const struct building *building, enum initramfs tool, struct error *e)
{
	error_set(e, ERROR_IO, 0, "%s has built no image with the pins%s%s",
		  initramfs_rebuild_words(tool)[0], *building->last ? ": " : "", building->last);
	error_remedy(e, "With --no-initramfs images stay as they are: the service alone applies "
			"pins at boot");
	return -EIO;
}

int initramfs_build(const char *top, enum initramfs tool, FILE *progress, bool *ret_begun,
		    struct error *e)
{
	struct building building = {.top = top, .progress = progress};
	int result = initramfs_proof_start(top, &building.proof, e);

	*ret_begun = false;
	if (result < 0)
		return result;
	result = build_images(&building, tool, e);
	*ret_begun = initramfs_proof_is_given(&building.proof);
	if (result == 0 && !*ret_begun)
		result = say_unbuilt(&building, tool, e);
	initramfs_proof_free(&building.proof);
	return result;
}
