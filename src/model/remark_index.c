/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/remark_index.h"

#include <stdlib.h>
#include <string.h>

static int compare_subjects(const struct remark *one, enum remark_kind kind, const char *device)
{
	if (one->kind != kind)
		return one->kind < kind ? -1 : 1;
	return strcmp(one->device, device);
}

static int compare_by_subject(const void *a, const void *b)
{
	const struct remark *one = *(const struct remark *const *)a;
	const struct remark *other = *(const struct remark *const *)b;
	int order = compare_subjects(one, other->kind, other->device);

	return order ? order
		     : (one->sequence > other->sequence) - (one->sequence < other->sequence);
}

void remark_index_sort(const struct remark **items, size_t count)
{
	if (count)
		qsort(items, count, sizeof(*items), compare_by_subject);
}

const struct remark *remark_index_find(const struct remark *const *items, size_t count,
				       enum remark_kind kind, const char *device)
{
	size_t low = 0, high = count;

	/* The first line behind those of the subject; the newest of these stands before it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_subjects(items[middle], kind, device) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && compare_subjects(items[low - 1], kind, device) == 0 ? items[low - 1] : NULL;
}
