/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_map - a map from paths to numbers, in constant time */
#pragma once

#include "base/cleanup.h"

#include <stddef.h>

struct path_map;

_must_check_ struct path_map *path_map_new(void);

/** path_map_free - free a map; accepts NULL */
void path_map_free(struct path_map *map);

/**
 * path_map_at - a pointer to the number of @path; a new path, which is copied, has 0
 * The pointer is valid until the next call.
 */
size_t *path_map_at(struct path_map *map, const char *path);

/** path_map_find - the number of @path, or 0 for an unknown path */
size_t path_map_find(const struct path_map *map, const char *path);
