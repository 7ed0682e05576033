/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gather - functions that add attributes, links and folders to a capture; only for the files of
 * contents.h
 */
#pragma once

#include "base/root.h"
#include "capture/entries.h"

/** struct gathering - a capture while it is read     @folder: the folder that is being listed */
struct gathering {
	const struct root *root;
	struct contents *contents;
	const char *folder;
	int depth;
};

/** gather_add - add an entry; the pointer is valid until the next one */
struct entry *gather_add(struct gathering *gathering, enum entry_kind kind, const char *path);

/** gather_join - "FOLDER/NAME", valid as long as the contents */
const char *gather_join(struct gathering *gathering, const char *folder, const char *name);

/** gather_text - add an attribute; all of them are read later, together, through the guard */
void gather_text(struct gathering *gathering, const char *folder, const char *name);

/** gather_link - add a link with its text */
void gather_link(struct gathering *gathering, const char *folder, const char *name);

/** gather_bytes - add a file, read at once, with its bytes */
void gather_bytes(struct gathering *gathering, const char *path);

/**
 * gather_list - list @folder with @each, whose context is @gathering
 * A folder that cannot be listed becomes an entry with that error.
 */
void gather_list(struct gathering *gathering, const char *folder,
		 int (*each)(void *context, const char *name));

/** For gather_list: add the listed name as a link, as an attribute, as a file, or as existing. */
int gather_listed_link(void *context, const char *name);
int gather_listed_text(void *context, const char *name);
int gather_listed_bytes(void *context, const char *name);
int gather_listed_mark(void *context, const char *name);

/** gather_devices - add groups, devices and drivers of all buses, IOMMUs, device links */
void gather_devices(struct gathering *gathering);
