/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/gather.h"

#include <errno.h>

struct entry *gather_add(struct gathering *gathering, enum entry_kind kind, const char *path)
{
	return entries_add(gathering->contents, kind, path);
}

const char *gather_join(struct gathering *gathering, const char *folder, const char *name)
{
	return arena_printf(gathering->contents->arena, "%s/%s", folder, name);
}

void gather_text(struct gathering *gathering, const char *folder, const char *name)
{
	gather_add(gathering, ENTRY_TEXT, gather_join(gathering, folder, name));
}

void gather_link(struct gathering *gathering, const char *folder, const char *name)
{
	entries_add_link(gathering->contents, gathering->root,
			 gather_join(gathering, folder, name));
}

void gather_bytes(struct gathering *gathering, const char *path)
{
	entries_add_bytes(gathering->contents, gathering->root, path);
}

void gather_list(struct gathering *gathering, const char *folder,
		 int (*each)(void *context, const char *name))
{
	const char *above = gathering->folder;
	int status;

	gathering->folder = arena_strdup(gathering->contents->arena, folder);
	status = root_list(gathering->root, folder, each, gathering);
	if (status != -ENOENT && status != -ENOTDIR)
		gather_add(gathering, ENTRY_FOLDER, folder)->status = status;
	gathering->folder = above;
}

int gather_listed_link(void *context, const char *name)
{
	struct gathering *gathering = context;

	gather_link(gathering, gathering->folder, name);
	return 0;
}

int gather_listed_text(void *context, const char *name)
{
	struct gathering *gathering = context;

	gather_text(gathering, gathering->folder, name);
	return 0;
}

int gather_listed_bytes(void *context, const char *name)
{
	struct gathering *gathering = context;

	gather_bytes(gathering, gather_join(gathering, gathering->folder, name));
	return 0;
}

int gather_listed_mark(void *context, const char *name)
{
	struct gathering *gathering = context;

	gather_add(gathering, ENTRY_MARK, gather_join(gathering, gathering->folder, name));
	return 0;
}
