/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpin - stop to keep bindings over reboots */
#include "commands/command.h"
#include "commands/early.h"
#include "commands/look.h"
#include "commands/pin.h"
#include "commands/pin_files.h"
#include "model/pin_file.h"
#include "sources/read.h"
#include "views/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The pins that exist, also files that are none. @names is sorted, and @chosen tells which of them
 * are among the @count @changes: the pins to be removed. All are in the arena.
 */
struct removal {
	const char **names;
	bool *chosen;
	size_t present;
	struct pin_change *changes;
	size_t count;
};

static int compare_pin_names(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static int list_pins(const struct options *options, struct arena *arena,
		     struct removal *ret_removal, struct error *e)
{
	_autosystem_ const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(options, &root, e);
	struct removal removal = {0};

	if (result == 0)
		result = system_read(root, FACT_PINS, &system, e);
	if (result != 0)
		return result;
	removal.present = system->machine.pin_count;
	removal.names = arena_array(arena, removal.present + 1, sizeof(*removal.names));
	removal.chosen = arena_array(arena, removal.present + 1, sizeof(*removal.chosen));
	removal.changes = arena_array(arena, removal.present + 1, sizeof(*removal.changes));
	for (size_t i = 0; i < removal.present; i++)
		removal.names[i] = arena_strdup(arena, system->machine.pins[i].name);
	qsort(removal.names, removal.present, sizeof(*removal.names), compare_pin_names);
	*ret_removal = removal;
	return 0;
}

/* A pin that is named twice is removed once. */
static void choose_pin(struct removal *removal, size_t pin)
{
	if (!removal->chosen[pin])
		removal->changes[removal->count++].name = removal->names[pin];
	removal->chosen[pin] = true;
}

/* All names are checked before the first file is removed. */
static int choose_pins(struct removal *removal, const struct options *options, struct error *e)
{
	for (size_t i = 0; i < removal->present && options->all; i++)
		choose_pin(removal, i);
	for (char *const *name = options->arguments; *name; name++) {
		const char **found = bsearch(name, removal->names, removal->present,
					     sizeof(*removal->names), compare_pin_names);

		if (!found)
			return error_set(e, ERROR_NO_MATCH, 0, "there is no pin %.100s", *name);
		choose_pin(removal, (size_t)(found - removal->names));
	}
	return 0;
}

static void print_removed(const struct options *options, const struct removal *removal)
{
	for (size_t i = 0; i < removal->count; i++)
		printf("%s %s no longer pinned: its device keeps its driver until it is "
		       "restored or the machine boots\n",
		       removal->changes[i].name, options->dry_run ? "would be" : "is");
}

static int remove_pins(const char *folder, const struct options *options,
		       const struct removal *removal, struct arena *arena, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(options, &root, e);

	if (result < 0)
		return result;
	pin_files_read(root, removal->changes, removal->count, arena);
	if (removal->count && !options->dry_run)
		result = early_store_pins(options, folder, removal->changes, removal->count, arena,
					  e);
	if (result < 0)
		return result;
	if (options->json)
		return pin_print_all(options, removal->changes, removal->count, e);
	if (!options->quiet)
		print_removed(options, removal);
	return output_flush(e);
}

int unpin_in(const char *folder, const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct removal removal;
	int result = list_pins(options, arena, &removal, e);

	if (result == 0)
		result = choose_pins(&removal, options, e);
	return result < 0 ? result : remove_pins(folder, options, &removal, arena, e);
}

static int run_unpin(const struct options *options, struct error *e)
{
	int result = pin_check_root(options, e);

	if (result < 0)
		return result;
	if (options->all == (options->argument_count > 0))
		return error_set(e, ERROR_USAGE, 0, "unpin takes names of pins or --all");
	return unpin_in(PINS_FOLDER, options, e);
}

const struct command command_unpin = {
	.name = "unpin",
	.arguments = "[NAME…]",
	.summary = "remove pins: the devices keep their drivers until the next boot",
	.examples = {"unpin 8086-10d3", "unpin --dry-run --all"},
	.scope = SCOPE_UNPIN | SCOPE_DRY_RUN,
	.most_arguments = -1,
	.document = &pin_change_kind,
	.run = run_unpin,
};
