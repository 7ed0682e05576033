/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entries - add single files to the contents of a capture */
#pragma once

#include "capture/contents.h"

/**
 * entries_need - the entry for @path, added if it is missing; the pointer is valid until the next
 * one
 * An entry that only tells that a file exists (ENTRY_MARK) becomes one of @kind; any other stays
 * unchanged.
 */
struct entry *entries_need(struct contents *contents, enum entry_kind kind, uint32_t path);

/** entries_find - the entry for @path, or NULL; valid until the next one is added */
const struct entry *entries_find(const struct contents *contents, uint32_t path);

/**
 * entries_add_unreadable - add that reading @path ends with @cause, a negative errno
 * This entry is in addition to that of the file itself, which tells that it exists.
 */
void entries_add_unreadable(struct contents *contents, uint32_t path, int cause);

/** entries_settle - put the entries in order, those of an unreadable file once */
void entries_settle(struct contents *contents);
