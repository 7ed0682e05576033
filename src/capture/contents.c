/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/contents.h"

#include "capture/entries.h"
#include "capture/gathering.h"
#include "capture/made.h"
#include "capture/names.h"
#include "capture/serial_lines.h"
#include "capture/survey.h"

#include <stdio.h>
#include <unistd.h>

/* Free all but the contents; may be called again. */
static void end_gathering(struct gathering *gathering)
{
	places_free(gathering->places);
	recording_free(&gathering->recording);
	arena_free(gathering->notes);
	free(gathering->rules.items);
	gathering->places = NULL;
	gathering->notes = NULL;
	gathering->rules = (struct path_numbers){0};
}

static void add_all(struct gathering *gathering)
{
	const struct recording *recording = &gathering->recording;

	for (size_t i = 0; i < recording->count; i++)
		gathering_add_access(gathering, &recording->items[i]);
	for (size_t i = 0; i < recording->count; i++)
		gathering_add_listing(gathering, &recording->items[i]);
	made_add(gathering);
	/* Of ten thousand devices the notes take as much memory as the entries. */
	end_gathering(gathering);
	entries_settle(gathering->contents);
}

/* The system has much more than the lines that are made of it. */
static void make_lines(void *context, const struct system *system)
{
	struct gathering *gathering = context;
	struct contents *contents = gathering->contents;

	gathering->serials = serial_lines(system, contents->disguise);
	gathering->names_status = names_lines(system, contents->arena, &gathering->hardware_names);
}

static uint32_t own_folder(const struct root *root, struct paths *paths)
{
	char folder[64];

	snprintf(folder, sizeof(folder), "/proc/%d/fd", getpid());
	return root_is_live(root) ? paths_need(paths, folder) : PATHS_ROOT;
}

static void begin_gathering(struct gathering *gathering, const struct root *root,
			    struct contents *contents)
{
	*gathering = (struct gathering){
		.root = root,
		.contents = contents,
		.notes = arena_new(),
		.own_folder = own_folder(root, contents->paths),
	};
	gathering->names = text_map_new(gathering->notes);
	gathering->places = places_new(root, contents->paths, gathering_add_link, gathering);
}

int contents_gather(const struct root *root, bool with_serials, struct contents *ret_contents,
		    struct error *e)
{
	_cleanup_(end_gathering) struct gathering gathering = {0};
	_autocontents_ struct contents contents = {.root = root, .arena = arena_new()};
	int result;

	contents.paths = paths_new();
	contents.disguise = disguise_new(contents.arena);
	disguise_set_machine(contents.disguise, machine_words(root, contents.arena));
	if (with_serials)
		disguise_keep_serials(contents.disguise);
	begin_gathering(&gathering, root, &contents);
	recording_start(&gathering.recording, contents.paths);
	result = survey_read(root, make_lines, &gathering, e);
	recording_stop(&gathering.recording);
	if (result < 0)
		return result;
	add_all(&gathering);
	*ret_contents = contents;
	contents = (struct contents){0};
	return 0;
}

void contents_free(struct contents *contents)
{
	free(contents->entries);
	free(contents->numbers.items);
	paths_free(contents->paths);
	arena_free(contents->arena);
	*contents = (struct contents){0};
}
