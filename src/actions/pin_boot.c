/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/pin_boot.h"

#include "actions/initramfs_build.h"

static int build_with_pins(const struct pin_boot *boot, enum initramfs tool, struct error *e)
{
	if (boot->progress) {
		fprintf(boot->progress, "building the initramfs again: %s\n",
			initramfs_rebuild_words(tool)[0]);
		fflush(boot->progress);
	}
	return initramfs_build(boot->top, tool, boot->progress, e);
}

static int give_back(const char *folder, const struct pin_change *changes, size_t count,
		     struct error *e)
{
	struct error second = {0};
	int result = pin_store_undo(folder, changes, count, &second);

	if (result < 0)
		error_add(e, "the pins could not be given back: %s", second.message);
	else
		error_add(e, "the pins are as before");
	return result;
}

int pin_boot_store(const struct pin_boot *boot, struct pin_change *changes, size_t count,
		   struct arena *arena, struct error *e)
{
	enum initramfs tool = INITRAMFS_UNKNOWN;
	int result = 0;

	if (boot->with_initramfs)
		result = initramfs_find_builder(boot->top, &tool, e);
	if (result == 0)
		result = pin_store_change(boot->folder, changes, count, arena, e);
	if (result < 0 || !boot->with_initramfs)
		return result;
	result = build_with_pins(boot, tool, e);
	if (result < 0)
		error_ignore(
			give_back(boot->folder, changes, count, e)); /* it extends the message */
	return result;
}
