/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entries - add single files to the contents of a capture */
#pragma once

#include "capture/contents.h"

/**
 * entries_need - the entry for @path, added if it is missing; the pointer is valid until the next
 * one
 * An entry that only tells that a file exists (ENTRY_MARK) becomes one of @kind; any other stays
 * unchanged.     @path: is copied
 */
struct entry *entries_need(struct contents *contents, enum entry_kind kind, const char *path);

/** entries_has - true where @path has an entry */
bool entries_has(const struct contents *contents, const char *path);

/**
 * entries_add_unreadable - add that reading @path ends with @cause, a negative errno
 * This entry is in addition to that of the file itself, which tells that it exists.
 */
void entries_add_unreadable(struct contents *contents, const char *path, int cause);
