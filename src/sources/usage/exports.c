/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/exports.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct gathering {
	const struct root *root;
	struct arena *arena;
	const char *folder, *above;
	struct export *items;
	size_t count, room;
};

const char *node_of_path(const struct root *root, struct arena *arena, const char *path)
{
	enum { LINKS_MAX = 8 };
	char at[PATH_SIZE], folder[PATH_SIZE], target[PATH_SIZE];
	const char *node;

	if (!text_starts(path, "/dev/"))
		return NULL;
	snprintf(at, sizeof(at), "%s", path);
	for (int i = 0; i < LINKS_MAX; i++) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(text_basename(at) - at - 1), at);
		if (root_follow(root, folder, text_basename(at), target) <= 0)
			break;
		snprintf(at, sizeof(at), "%s", target);
	}
	node = text_after(at, "/dev/");
	return node ? arena_strdup(arena, node) : NULL;
}

/* Where @file names a node; a file of a file system is used through its mount. */
static void add_export(struct gathering *gathering, const char *file, const char *user,
		       const char *block)
{
	char text[ATTRIBUTE_MAX];
	const char *backing;

	if (root_read_text(gathering->root, file, text, sizeof(text)) <= 0)
		return;
	backing = node_of_path(gathering->root, gathering->arena, text);
	if (!backing)
		return;
	gathering->items = arena_grow(gathering->arena, gathering->items, gathering->count,
				      &gathering->room, sizeof(*gathering->items));
	gathering->items[gathering->count++] = (struct export){
		.backing = backing,
		.user = arena_strdup(gathering->arena, user),
		.evidence = arena_strdup(gathering->arena, file),
		.block = arena_strdup(gathering->arena, block),
	};
}

static int look_at_block(void *context, const char *name)
{
	char file[PATH_SIZE];

	if (text_starts(name, "loop"))
		snprintf(file, sizeof(file), "/sys/block/%s/loop/backing_file", name);
	else if (text_starts(name, "zram"))
		snprintf(file, sizeof(file), "/sys/block/%s/backing_dev", name);
	else
		return 0;
	add_export(context, file, name, name);
	return 0;
}

/* Folders of folders: call @each for every "FOLDER/ABOVE/NAME" with gathering->above set. */
static void list_in(struct gathering *gathering, const char *above,
		    int (*each)(void *context, const char *name))
{
	char folder[PATH_SIZE];

	gathering->above = above;
	snprintf(folder, sizeof(folder), "%s/%s", gathering->folder, above);
	root_list(gathering->root, folder, each, gathering);
}

static int look_at_target(void *context, const char *name)
{
	struct gathering *gathering = context;
	char file[PATH_SIZE], user[PATH_SIZE];

	snprintf(file, sizeof(file), "%s/%s/%s/udev_path", gathering->folder, gathering->above,
		 name);
	snprintf(user, sizeof(user), "iSCSI target %s/%s", gathering->above, name);
	add_export(gathering, file, user, NULL);
	return 0;
}

static int look_at_backend(void *context, const char *name)
{
	list_in(context, name, look_at_target);
	return 0;
}

static int look_at_namespace(void *context, const char *name)
{
	struct gathering *gathering = context;
	char file[PATH_SIZE], user[PATH_SIZE];

	snprintf(file, sizeof(file), "%s/%s/%s/device_path", gathering->folder, gathering->above,
		 name);
	snprintf(user, sizeof(user), "NVMe target %.*s", (int)strcspn(gathering->above, "/"),
		 gathering->above);
	add_export(gathering, file, user, NULL);
	return 0;
}

static int look_at_subsystem(void *context, const char *name)
{
	char above[PATH_SIZE];

	snprintf(above, sizeof(above), "%s/namespaces", name);
	list_in(context, above, look_at_namespace);
	return 0;
}

struct exports exports_read(const struct root *root, struct arena *arena)
{
	struct gathering gathering = {.root = root, .arena = arena};

	root_list(root, "/sys/block", look_at_block, &gathering);
	gathering.folder = "/sys/kernel/config/target/core";
	root_list(root, gathering.folder, look_at_backend, &gathering);
	gathering.folder = "/sys/kernel/config/nvmet/subsystems";
	root_list(root, gathering.folder, look_at_subsystem, &gathering);
	return (struct exports){gathering.items, gathering.count};
}
