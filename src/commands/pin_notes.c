/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/pin_notes.h"

#include "commands/look.h"
#include "model/pin_file.h"
#include "sources/read.h"

#include <stdio.h>
#include <string.h>

struct pin_notes pin_notes_read(const struct options *options)
{
	struct pin_notes notes = {.arena = arena_new()};
	_autoroot_ struct root *root = NULL;
	struct error ignored = {0};

	if (!options->dry_run && !options->json && !options->quiet &&
	    look_open_tree(options, &root, &ignored) == 0 &&
	    system_read(root, PIN_FACTS, &notes.system, &ignored) == 0)
		notes.matches = pins_match(notes.system, notes.arena);
	return notes;
}

void pin_notes_free(struct pin_notes *notes)
{
	system_free(notes->system);
	arena_free(notes->arena);
}

/* A pin that was removed meanwhile gives nothing back. */
static bool is_unsatisfied(const struct pin_notes *notes, const char *name)
{
	for (size_t i = 0; i < notes->system->machine.pin_count; i++)
		if (strcmp(notes->matches[i].pin->name, name) == 0)
			return notes->matches[i].state != PIN_SATISFIED;
	return false;
}

static void print_note(const struct pin *pin, struct arena *arena)
{
	fprintf(stderr,
		"iommuctl: the pin %s stays, and gives the device to %s at the next boot: "
		"iommuctl unpin %s\n",
		pin->name, pin_words(pin, arena), pin->name);
}

void pin_notes_print(const struct pin_notes *before, const struct pin_notes *after)
{
	if (!before->matches || !after->matches)
		return;
	for (size_t i = 0; i < before->system->machine.pin_count; i++) {
		const struct pin_match *match = &before->matches[i];

		if (match->state == PIN_SATISFIED && is_unsatisfied(after, match->pin->name))
			print_note(match->pin, after->arena);
	}
}
