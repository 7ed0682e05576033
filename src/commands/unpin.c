/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpin - stop to keep bindings over reboots */
#include "commands/command.h"
#include "commands/early.h"
#include "commands/look.h"
#include "commands/pin.h"
#include "model/pin_file.h"
#include "sources/read.h"
#include "views/output.h"

#include <stdio.h>
#include <string.h>

/* The names of all pins, also of files that are none; NULL-terminated, in @arena. */
static int list_names(const struct options *options, struct arena *arena, char ***ret_names,
		      struct error *e)
{
	_autosystem_ const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(options, &root, e);
	char **names;

	if (result == 0)
		result = system_read(root, FACT_PINS, &system, e);
	if (result != 0)
		return result;
	names = arena_array(arena, system->machine.pin_count + 1, sizeof(*names));
	for (size_t i = 0; i < system->machine.pin_count; i++)
		names[i] = arena_strdup(arena, system->machine.pins[i].name);
	*ret_names = names;
	return 0;
}

static bool names_pin(char *const *names, const char *name)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* All names are checked before the first file is removed. */
static int check_names(char *const *names, char *const *present, struct error *e)
{
	for (size_t i = 0; names[i]; i++)
		if (!names_pin(present, names[i]))
			return error_set(e, ERROR_NO_MATCH, 0, "there is no pin %.100s", names[i]);
	return 0;
}

static void print_removed(const struct pin_change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("%s is no longer pinned: its device keeps its driver until it is "
		       "restored or the machine boots\n",
		       changes[i].name);
}

/* A name that stands twice is removed once. */
static struct pin_change *list_removals(char *const *names, struct arena *arena, size_t *ret_count)
{
	struct pin_change *changes;
	size_t count = 0;

	while (names[count])
		count++;
	changes = arena_array(arena, count, sizeof(*changes));
	*ret_count = 0;
	for (size_t i = 0; i < count; i++)
		if (!names_pin(names + i + 1, names[i]))
			changes[(*ret_count)++].name = names[i];
	return changes;
}

static int remove_pins(const char *folder, const struct options *options, char *const *names,
		       struct arena *arena, struct error *e)
{
	size_t count;
	struct pin_change *changes = list_removals(names, arena, &count);
	int result = count ? early_store_pins(options, folder, changes, count, arena, e) : 0;

	if (result == 0 && !options->json && !options->quiet)
		print_removed(changes, count);
	return result;
}

int unpin_in(const char *folder, const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	char **names = options->arguments, **present = NULL;
	int result = list_names(options, arena, &present, e);

	if (result == 0)
		result = check_names(names, present, e);
	if (result == 0)
		result = remove_pins(folder, options, options->all ? present : names, arena, e);
	if (result < 0)
		return result;
	return options->json ? pin_print_all(options, e) : output_flush(e);
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
	.examples = {"unpin 8086-10d3", "unpin --no-initramfs --all"},
	.scope = SCOPE_UNPIN,
	.most_arguments = -1,
	.document = &pin_kind,
	.run = run_unpin,
};
