/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entries - put one thing into the contents of a capture
 */
#pragma once

#include "capture/contents.h"

/** entries_add - a new entry, the newest; valid until the next is added     @path: is copied */
struct entry *entries_add(struct contents *contents, enum entry_kind kind, const char *path);

/** entries_add_link - the link at @path, if it is one     Returns: false where it is none */
bool entries_add_link(struct contents *contents, const struct root *root, const char *path);

/** entries_add_bytes - the file at @path, as it is or why it cannot be read, if there is one */
void entries_add_bytes(struct contents *contents, const struct root *root, const char *path);
