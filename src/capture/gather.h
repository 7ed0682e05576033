/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gather - the words in which the contents of a capture are told: this attribute, that link, all of
 * this folder; only for the files of contents.h
 */
#pragma once

#include "base/root.h"
#include "capture/entries.h"

/** struct gathering - @folder: the one whose names are being listed */
struct gathering {
	const struct root *root;
	struct contents *contents;
	const char *folder;
	int depth;
};

/** gather_add - a new entry, the newest; valid until the next */
struct entry *gather_add(struct gathering *gathering, enum entry_kind kind, const char *path);

/** gather_join - "FOLDER/NAME", as long as the contents live */
const char *gather_join(struct gathering *gathering, const char *folder, const char *name);

/** gather_text - an attribute: read later, all together, through the guard */
void gather_text(struct gathering *gathering, const char *folder, const char *name);

/** gather_link - what the link says */
void gather_link(struct gathering *gathering, const char *folder, const char *name);

/** gather_bytes - a file, now and as it is */
void gather_bytes(struct gathering *gathering, const char *path);

/**
 * gather_list - list @folder with @each, whose context is @gathering
 * A folder that may not be listed is an entry that says so.
 */
void gather_list(struct gathering *gathering, const char *folder,
		 int (*each)(void *context, const char *name));

/** For gather_list: the name in the folder is a link, an attribute, a file, or counts as there. */
int gather_listed_link(void *context, const char *name);
int gather_listed_text(void *context, const char *name);
int gather_listed_bytes(void *context, const char *name);
int gather_listed_mark(void *context, const char *name);

/** gather_devices - groups, devices and drivers of all buses, IOMMUs, device links */
void gather_devices(struct gathering *gathering);
