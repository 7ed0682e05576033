/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of mounts.h that finds mounts in a list that was read. */
#include "sources/usage/mounts.h"

#include <stdio.h>
#include <string.h>

/* The index of the first mount in mounts->items with at least this backing and number. */
static size_t first_mount_from(const struct mounts *mounts, enum mount_backing backing,
			       dev_t number)
{
	size_t low = 0, high = mounts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mount *mount = &mounts->items[middle];

		if (mount->backing < backing ||
		    (mount->backing == backing && mount->number < number))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct mount *mounts_of_number(const struct mounts *mounts, dev_t number, size_t *ret_count)
{
	size_t first = first_mount_from(mounts, MOUNT_NUMBER, number), end = first;

	while (end < mounts->count && mounts->items[end].backing == MOUNT_NUMBER &&
	       mounts->items[end].number == number)
		end++;
	*ret_count = end - first;
	return mounts->items + first;
}

const struct mount *mounts_of_backing(const struct mounts *mounts, enum mount_backing backing,
				      size_t *ret_count)
{
	size_t first = first_mount_from(mounts, backing, 0);

	*ret_count = first_mount_from(mounts, backing + 1, 0) - first;
	return mounts->items + first;
}

/* True where @path is @folder or lies below it. */
static bool is_in(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	if (length == 1)
		return true;
	return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

bool mount_is_system(const struct mount *mount)
{
	return mount->is_main && (strcmp(mount->point, "/") == 0 || is_in(mount->point, "/usr") ||
				  is_in(mount->point, "/boot") || is_in(mount->point, "/efi"));
}

/* The last mount on a point of a main namespace: it hides earlier mounts. */
static const struct mount *mount_on(const struct mounts *mounts, const char *point)
{
	size_t number = mounts->by_point ? text_map_find(mounts->by_point, point) : 0;

	return number ? &mounts->items[number - 1] : NULL;
}

const struct mount *mount_holding(const struct mounts *mounts, const char *path)
{
	char point[PATH_SIZE];
	const struct mount *mount = NULL;
	char *slash;

	if (snprintf(point, sizeof(point), "%s", path) >= (int)sizeof(point))
		return NULL;
	while (!(mount = mount_on(mounts, point)) && (slash = strrchr(point, '/')) && slash[1])
		slash[slash == point] = '\0';
	return mount;
}
