/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/find_again.h"

#include "base/text.h"
#include "model/location.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The search in one folder.  @name: the name before     @found: of the only name that is like it */
struct search {
	const char *name;
	char found[NAME_MAX + 1];
	size_t count;
};

static int compare_with_search(void *context, const char *name)
{
	struct search *search = context;

	if (location_same_name(search->name, name) && search->count++ == 0)
		snprintf(search->found, sizeof(search->found), "%s", name);
	return 0;
}

/* Add to @path the present name of the part @name; false where there is none, or more than one. */
static bool follow_part(const struct root *root, char path[static PATH_SIZE], const char *name)
{
	struct search search = {.name = name};
	char folder[PATH_SIZE];

	snprintf(folder, sizeof(folder), "%s", path);
	if (!text_join(folder, name, path, PATH_SIZE))
		return false;
	if (root_has(root, path) > 0)
		return true;
	return location_name_is_pci(name) &&
	       root_list(root, folder, compare_with_search, &search) >= 0 && search.count == 1 &&
	       text_join(folder, search.found, path, PATH_SIZE);
}

static bool find_path(const struct root *root, const char *before, char path[static PATH_SIZE])
{
	char rest[PATH_SIZE], *part, *end;

	*path = '\0';
	snprintf(rest, sizeof(rest), "%s", before);
	for (part = strtok_r(rest, "/", &end); part; part = strtok_r(NULL, "/", &end))
		if (!follow_part(root, path, part))
			return false;
	return *path;
}

struct target_look find_again(const struct root *root, const struct target *target,
			      struct arena *arena, struct target *ret_now)
{
	struct target_look look = {.state = LOOK_GONE};
	struct target now = *target;
	char path[PATH_SIZE];

	*ret_now = *target;
	if (!find_path(root, target->path, path))
		return look;
	now.path = arena_strdup(arena, path);
	now.name = arena_strdup(arena, text_basename(path));
	if (strcmp(now.name, target->name) != 0)
		now.label = now.name;
	/* Without an inode the look compares IDs alone. */
	now.inode = 0;
	error_ignore(root_inode(root, path, &now.inode));
	look = look_target(root, &now, arena);
	if (look.state != LOOK_GONE && look.state != LOOK_OTHER)
		*ret_now = now;
	return look;
}
