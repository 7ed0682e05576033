/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/boot_id.h"

const char *boot_id_read(const struct root *root, struct arena *arena)
{
	char text[BOOT_ID_LENGTH + 2];
	ssize_t length =
		root_read_text(root, "/proc/sys/kernel/random/boot_id", text, sizeof(text));

	return length == BOOT_ID_LENGTH ? arena_text(arena, text, (size_t)length) : NULL;
}
