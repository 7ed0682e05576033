/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_id - the name that the kernel gives to this boot */
#pragma once

#include "base/root.h"

/**
 * boot_id_read - the ID of the boot, as text of BOOT_ID_LENGTH characters
 * Returns: text that lives as long as @arena; NULL where the kernel does not tell it.
 * Source: /proc/sys/kernel/random/boot_id (drivers/char/random.c)
 */
const char *boot_id_read(const struct root *root, struct arena *arena);

enum { BOOT_ID_LENGTH = 36 };
