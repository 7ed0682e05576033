/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entries - add single files to the contents of a capture */
#pragma once

#include "capture/contents.h"

/**
 * entries_need - the entry for @path, made if there is none; valid until the next is made
 * An entry that only says that a file is there (ENTRY_MARK) becomes one of @kind; any other stays
 * what it is.     @path: is copied
 */
struct entry *entries_need(struct contents *contents, enum entry_kind kind, const char *path);

/** entries_has - true where @path has an entry */
bool entries_has(const struct contents *contents, const char *path);

/**
 * entries_add_unreadable - reading @path ends with @cause, a negative errno
 * This entry is beside the one for the file itself, which tells that it is there.
 */
void entries_add_unreadable(struct contents *contents, const char *path, int cause);
