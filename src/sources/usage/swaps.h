/* SPDX-License-Identifier: GPL-2.0-or-later */
/* swaps - the swap areas of /proc/swaps, by the block device that each lies on */
#pragma once

#include "sources/usage/blocks.h"
#include "sources/usage/file_systems.h"

/**
 * struct swaps - @area: the path of each swap area     @next: index plus 1 of the next entry on the
 * same device, or 0
 * @by_device: what a block device is found by -> index in @items plus 1
 */
struct swaps {
	struct swap {
		const char *area;
		size_t next;
	} * items;
	size_t count, room;
	struct text_map *by_device;
};

/** swaps_parse - the areas in the text of /proc/swaps, which is changed; @arena owns the result */
struct swaps swaps_parse(char *lines, const struct root *root, struct arena *arena,
			 const struct file_systems *file_systems);

/** swap_uses - add USE_SWAP for each area on blocks->items[@at], or in a file system on it */
void swap_uses(const struct swaps *swaps, const struct file_systems *file_systems,
	       struct blocks *blocks, size_t at);
