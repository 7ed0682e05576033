/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/places.h"

#include "base/text.h"
#include "base/text_map.h"

#include <string.h>

enum { LINKS_MAX = 40 }; /* the kernel's limit of links in a path (fs/namei.c: MAXSYMLINKS) */

/*
 * The places (paths without links) that were found. @index: for each path the number of its place +
 * 1
 */
struct places {
	const struct root *root;
	struct arena *arena;
	void (*each)(void *context, const char *place, const char *text);
	void *context;
	struct text_map *index;
	const char **found;
	size_t count, room;
};

struct places *places_new(const struct root *root, struct arena *arena,
			  void (*each)(void *context, const char *place, const char *text),
			  void *context)
{
	struct places *places = calloc(1, sizeof(*places));

	if (!places)
		memory_exhausted();
	*places = (struct places){.root = root,
				  .arena = arena,
				  .each = each,
				  .context = context,
				  .index = text_map_new(arena)};
	return places;
}

void places_free(struct places *places)
{
	if (!places)
		return;
	free(places->found);
	free(places);
}

static const char *remember(struct places *places, const char *path, const char *place)
{
	if (places->count == places->room) {
		places->room = places->room ? places->room * 2 : 1024;
		places->found = realloc(places->found, places->room * sizeof(*places->found));
		if (!places->found)
			memory_exhausted();
	}
	places->found[places->count++] = place;
	*text_map_at(places->index, path) = places->count;
	return place;
}

static const char *find_behind(struct places *places, const char *path, int links);

/*
 * Find the place of a path. The root is the empty path, so that every place is a folder's place, a
 * slash and a name.
 */
static const char *find_place(struct places *places, const char *path, int links)
{
	const char *name = text_basename(path);
	size_t above = (size_t)(name - path);
	char folder[PATH_SIZE];

	if (!*name || !above || above >= sizeof(folder))
		return "";
	memcpy(folder, path, above - 1);
	folder[above - 1] = '\0';
	return arena_concat(places->arena, find_behind(places, folder, links), "/", name);
}

/* The place behind @place: @place itself where it is no link, or one of too many. */
static const char *follow_place(struct places *places, const char *place, int links)
{
	char text[PATH_SIZE], target[PATH_SIZE], folder[PATH_SIZE];
	const char *name = text_basename(place);

	if (links >= LINKS_MAX || name == place ||
	    root_readlink(places->root, place, text, sizeof(text)) <= 0)
		return place;
	places->each(places->context, place, text);
	memcpy(folder, place, (size_t)(name - place - 1));
	folder[name - place - 1] = '\0';
	if (text_resolve(folder, text, target, sizeof(target)) < 0)
		return place;
	return find_behind(places, target, links + 1);
}

/* Known places are those of folders and links: most other files are asked about once. */
static const char *find_known(const struct places *places, const char *path)
{
	size_t known;

	if (!*path || strcmp(path, "/") == 0)
		return "";
	known = text_map_find(places->index, path);
	return known ? places->found[known - 1] : NULL;
}

static const char *find_behind(struct places *places, const char *path, int links)
{
	const char *place = find_known(places, path);

	if (place)
		return place;
	place = find_place(places, path, links);
	return remember(places, path, follow_place(places, place, links));
}

const char *places_of(struct places *places, const char *path)
{
	return find_place(places, path, 0);
}

const char *places_behind(struct places *places, const char *path)
{
	const char *known = find_known(places, path), *place, *behind;

	if (known)
		return known;
	place = find_place(places, path, 0);
	behind = follow_place(places, place, 0);
	return behind == place ? place : remember(places, path, behind);
}
