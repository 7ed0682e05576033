/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/places.h"

#include "base/text.h"

#include <string.h>

enum { LINKS_MAX = 40 }; /* the kernel's limit of links in a path (fs/namei.c: MAXSYMLINKS) */

/* @behind: for each path the number of the place behind it + 1 */
struct places {
	const struct root *root;
	struct paths *paths;
	void (*each)(void *context, uint32_t place, const char *text);
	void *context;
	struct path_numbers behind;
};

struct places *places_new(const struct root *root, struct paths *paths,
			  void (*each)(void *context, uint32_t place, const char *text),
			  void *context)
{
	struct places *places = calloc(1, sizeof(*places));

	if (!places)
		memory_exhausted();
	*places = (struct places){.root = root, .paths = paths, .each = each, .context = context};
	return places;
}

void places_free(struct places *places)
{
	if (!places)
		return;
	free(places->behind.items);
	free(places);
}

static uint32_t find_behind(struct places *places, uint32_t path, int links);

static uint32_t find_place(struct places *places, uint32_t path, int links)
{
	const char *name = paths_name(places->paths, path);
	uint32_t folder;

	if (path == PATHS_ROOT)
		return PATHS_ROOT;
	folder = find_behind(places, paths_above(places->paths, path), links);
	if (paths_length(places->paths, folder) + 1 + strlen(name) >= PATH_SIZE)
		return PATHS_ROOT;
	return paths_need_below(places->paths, folder, name);
}

/* The place behind @place: @place itself where it is no link, or one of too many. */
static uint32_t follow_place(struct places *places, uint32_t place, int links)
{
	char path[PATH_SIZE], text[PATH_SIZE], target[PATH_SIZE];

	if (links >= LINKS_MAX || place == PATHS_ROOT ||
	    root_readlink(places->root, paths_text(places->paths, place, path), text,
			  sizeof(text)) <= 0)
		return place;
	places->each(places->context, place, text);
	*strrchr(path, '/') = '\0';
	if (text_resolve(path, text, target, sizeof(target)) < 0)
		return place;
	return find_behind(places, paths_need(places->paths, target), links + 1);
}

static uint32_t find_behind(struct places *places, uint32_t path, int links)
{
	uint32_t known = path_numbers_get(&places->behind, path), place;

	if (known || path == PATHS_ROOT)
		return known ? known - 1 : PATHS_ROOT;
	place = follow_place(places, find_place(places, path, links), links);
	*path_numbers_at(&places->behind, path) = place + 1;
	return place;
}

uint32_t places_of(struct places *places, uint32_t path)
{
	return find_place(places, path, 0);
}

uint32_t places_behind(struct places *places, uint32_t path)
{
	return find_behind(places, path, 0);
}
