/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/pin_boot.h"

#include "actions/initramfs_build.h"

#include <errno.h>

static int build_with_pins(const struct pin_boot *boot, enum initramfs tool, bool *ret_begun,
			   struct error *e)
{
	if (boot->progress) {
		fprintf(boot->progress, "building the initramfs again: %s\n",
			initramfs_rebuild_words(tool)[0]);
		fflush(boot->progress);
	}
	return initramfs_build(boot->top, tool, boot->progress, ret_begun, e);
}

/* Images that were finished before the failure have the new pins: those of other kernels. */
static void build_without(const struct pin_boot *boot, enum initramfs tool, struct error *e)
{
	struct error second = {0};
	bool begun;

	if (build_with_pins(boot, tool, &begun, &second) < 0)
		error_remedy(e, "Images that were built before the failure may still have the new "
				"pins: build them again");
}

static void give_back(const struct pin_boot *boot, const struct pin_change *changes, size_t count,
		      struct error *e)
{
	struct error second = {0};

	if (pin_store_undo(boot->folder, changes, count, &second) < 0)
		error_add(e, "the pins could not be given back: %s", second.message);
	else
		error_add(e, "the pins are as before");
}

int pin_boot_store(const struct pin_boot *boot, struct pin_change *changes, size_t count,
		   struct arena *arena, struct error *e)
{
	enum initramfs tool = INITRAMFS_UNKNOWN;
	bool begun = false;
	int result = 0;

	if (boot->with_initramfs)
		result = initramfs_find_builder(boot->top, &tool, e);
	if (result == 0)
		result = pin_store_change(boot->folder, changes, count, arena, e);
	if (result < 0 || !boot->with_initramfs)
		return result;
	result = build_with_pins(boot, tool, &begun, e);
	if (result < 0) {
		give_back(boot, changes, count, e);
		/* A tool that has not ended is still at work. */
		if (begun && result != -ETIMEDOUT)
			build_without(boot, tool, e);
	}
	return result;
}
