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
	    system_read(root, PIN_FACTS | FACT_OVERRIDE, &notes.system, &ignored) == 0)
		notes.matches = pins_match(notes.system, notes.arena);
	return notes;
}

void pin_notes_free(struct pin_notes *notes)
{
	system_free(notes->system);
	arena_free(notes->arena);
}

/* NULL: the pin was removed meanwhile, and gives nothing back. */
static const struct pin_match *find_match(const struct pin_notes *notes, const char *name)
{
	for (size_t i = 0; i < notes->system->machine.pin_count; i++)
		if (strcmp(notes->matches[i].pin->name, name) == 0)
			return &notes->matches[i];
	return NULL;
}

static void print_note(const struct pin_match *match, struct arena *arena)
{
	const struct pin *pin = match->pin;
	const struct device *device = match->device;

	fprintf(stderr,
		"iommuctl: the pin %s stays, and gives the device to %s at the next boot: "
		"iommuctl unpin %s\n",
		pin->name, pin_words(pin, arena), pin->name);
	if (device && device->driver_known && !device->driver && !device->driver_override)
		fprintf(stderr,
			"iommuctl: no native driver has had %s since the boot: echo %s > "
			"/sys/bus/%s/drivers_probe lets the kernel choose one\n",
			device->label, device->name, device->bus);
}

void pin_notes_print(const struct pin_notes *before, const struct pin_notes *after)
{
	if (!before->matches || !after->matches)
		return;
	for (size_t i = 0; i < before->system->machine.pin_count; i++) {
		const struct pin_match *match = &before->matches[i];
		const struct pin_match *now = find_match(after, match->pin->name);

		if (match->state == PIN_SATISFIED && now && now->state != PIN_SATISFIED)
			print_note(now, after->arena);
	}
}
