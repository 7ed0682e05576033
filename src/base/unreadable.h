/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unreadable - what a captured tree lacks because its machine did not let us read it
 *
 * A capture lists such files ("/sys/firmware/acpi/tables/DMAR<TAB>denied"), so that reading the
 * tree fails as reading the machine did: "could not look" does not turn into "there is none".
 */
#pragma once

#include "base/arena.h"

/** Where the list lies in a captured tree. */
#define CAPTURED_UNREADABLE "/iommuctl/unreadable"

struct unreadable;

/** unreadable_new - take in the lines of a list; copies what it keeps */
struct unreadable *unreadable_new(const char *lines);

/** unreadable_free - accepts NULL */
void unreadable_free(struct unreadable *list);

/** unreadable_find - the negative errno that reading @path ended with, or 0; @list may be NULL */
int unreadable_find(const struct unreadable *list, const char *path);

/** unreadable_word - how a list spells a negative errno: "denied", "busy" or "failed" */
const char *unreadable_word(int cause);
