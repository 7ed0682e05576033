/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/descriptors.h"

#include <stdlib.h>
#include <unistd.h>

static int compare_fds(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void descriptors_keep_only(int *kept, size_t count)
{
	unsigned next = 0;

	qsort(kept, count, sizeof(*kept), compare_fds);
	for (size_t i = 0; i < count; i++) {
		if (kept[i] > (int)next)
			close_range(next, (unsigned)kept[i] - 1, 0);
		if (kept[i] >= 0)
			next = (unsigned)kept[i] + 1;
	}
	close_range(next, ~0U, 0);
}
