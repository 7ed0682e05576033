/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paths - a tree of paths that are known by number
 *
 * A capture of ten thousand devices has 300,000 paths, and most of them end in the same few names
 * of attributes: each path takes 12 bytes for its folder and its name, each name is kept once.
 *
 * A path is absolute. PATHS_ROOT is the folder that all are below; its text is empty, so that every
 * other text is that of the folder, a slash and a name.
 */
#pragma once

#include "base/root.h"

#include <stdint.h>

struct paths;

enum { PATHS_ROOT = 0 };

_must_check_ struct paths *paths_new(void);

/** paths_free - accepts NULL */
void paths_free(struct paths *paths);

/** paths_need - the number of @path, which is added if it is new; repeated slashes count once */
uint32_t paths_need(struct paths *paths, const char *path);

/** paths_need_below - the number of @name in @folder */
uint32_t paths_need_below(struct paths *paths, uint32_t folder, const char *name);

/** paths_above - the folder of @path; PATHS_ROOT has itself */
uint32_t paths_above(const struct paths *paths, uint32_t path);

/** paths_name - the last part of @path; lives as long as @paths */
const char *paths_name(const struct paths *paths, uint32_t path);

/** paths_length - the length of the text of @path */
size_t paths_length(const struct paths *paths, uint32_t path);

/**
 * paths_text - write the text of @path, which must be shorter than PATH_SIZE
 * Returns: @text.
 */
const char *paths_text(const struct paths *paths, uint32_t path, char text[static PATH_SIZE]);

/** paths_compare - the order of two paths: a folder, its names in the order of strcmp(3) with all
 * that is below each */
int paths_compare(const struct paths *paths, uint32_t one, uint32_t other);

/** struct path_numbers - a number for each path, 0 at first; free @items */
struct path_numbers {
	uint32_t *items;
	size_t room;
};

/** path_numbers_at - the number of @path; the pointer is valid until the next call */
uint32_t *path_numbers_at(struct path_numbers *numbers, uint32_t path);

/** path_numbers_get - the number of @path, 0 where none was set */
uint32_t path_numbers_get(const struct path_numbers *numbers, uint32_t path);
