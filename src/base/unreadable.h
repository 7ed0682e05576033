/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unreadable - files that a capture lacks because its machine refused to let them be read
 *
 * A capture lists such files ("/sys/firmware/acpi/tables/DMAR<TAB>denied EACCES"), so that reading
 * the tree fails as on its machine, and "unreadable" does not become "absent".
 */
#pragma once

#include "base/arena.h"

#include <stdio.h>

/** The path of the list in a captured tree. */
#define CAPTURED_UNREADABLE "/iommuctl/unreadable"

struct unreadable;

/** unreadable_new - parse the lines of a list; keeps no pointer into them */
_must_check_ struct unreadable *unreadable_new(const char *lines);

/** unreadable_free - free a list of unreadable files; accepts NULL */
void unreadable_free(struct unreadable *list);

/**
 * unreadable_find - the negative errno with which reading @path has to fail, or 0; @list may be
 * NULL
 */
int unreadable_find(const struct unreadable *list, const char *path);

/** unreadable_word - the word of a list for a negative errno: "denied", "busy" or "failed" */
const char *unreadable_word(int cause);

/** unreadable_put - write a line of the list: reading @path ended with @cause */
void unreadable_put(FILE *out, const char *path, int cause);
