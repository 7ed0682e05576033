/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entries - add single files to the contents of a capture */
#pragma once

#include "capture/contents.h"

/** entries_add - add an entry; the pointer is valid until the next one     @path: is copied */
struct entry *entries_add(struct contents *contents, enum entry_kind kind, const char *path);

/** entries_add_link - add the link at @path, if it is a link     Returns: false if it is not */
bool entries_add_link(struct contents *contents, const struct root *root, const char *path);

/**
 * entries_add_bytes - add the file at @path with its bytes, or with the errno of reading it, if it
 * exists
 */
void entries_add_bytes(struct contents *contents, const struct root *root, const char *path);
