/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text_map - a map from texts to numbers, in constant time
 *
 * A list of items that are found by a text keeps the number of an item plus one in the map, as 0
 * means an unknown text. Items with the same text form a chain by a member of their own.
 */
#pragma once

#include "base/arena.h"

#include <stddef.h>

struct text_map;

/** text_map_new - an empty map in @arena, which owns it */
_must_check_ struct text_map *text_map_new(struct arena *arena) _nonnull_();

/**
 * text_map_at - a pointer to the number of @text; a new text, which is copied, has 0
 * The pointer is valid until the next call.
 */
size_t *text_map_at(struct text_map *map, const char *text) _nonnull_();

/**
 * text_map_lend - text_map_at for a text that lives as long as the map: a new one is not copied
 */
size_t *text_map_lend(struct text_map *map, const char *text) _nonnull_();

/** text_map_find - the number of @text, or 0 for an unknown text */
size_t text_map_find(const struct text_map *map, const char *text) _nonnull_();
