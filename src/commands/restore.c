/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restore - return to the state that each device had before iommuctl first changed it in this boot
 */
#include "actions/kept_name.h"
#include "base/text.h"
#include "checks/pin_match.h"
#include "commands/change.h"
#include "commands/look.h"
#include "sources/read.h"
#include "views/output.h"

#include <stdio.h>
#include <string.h>

/* The pins and the devices that they mean. @matches: NULL where they could not be read */
struct pinned {
	const struct system *system;
	const struct pin_match *matches;
	struct arena *arena;
};

static void free_pinned(struct pinned *pinned)
{
	system_free(pinned->system);
	arena_free(pinned->arena);
}

/* Pins only add a sentence, so a failure to read them is none of restore. */
static struct pinned read_pinned(const struct options *options)
{
	struct pinned pinned = {.arena = arena_new()};
	_autoroot_ struct root *root = NULL;
	struct error ignored = {0};

	if (!options->dry_run && !options->json && !options->quiet &&
	    look_open_tree(options, &root, &ignored) == 0 &&
	    system_read(root, PIN_FACTS, &pinned.system, &ignored) == 0)
		pinned.matches = pins_match(pinned.system, pinned.arena);
	return pinned;
}

static bool is_satisfied(const struct pinned *pinned, const char *name)
{
	for (size_t i = 0; pinned->matches && i < pinned->system->machine.pin_count; i++)
		if (strcmp(pinned->matches[i].pin->name, name) == 0)
			return pinned->matches[i].state == PIN_SATISFIED;
	return false;
}

/* A device that has left the driver of its pin returns to it with the next boot. */
static void note_pins(const struct pinned *before, const struct options *options)
{
	_cleanup_(free_pinned) struct pinned after = read_pinned(options);

	for (size_t i = 0; before->matches && i < before->system->machine.pin_count; i++) {
		const struct pin_match *match = &before->matches[i];

		if (match->state == PIN_SATISFIED && after.matches &&
		    !is_satisfied(&after, match->pin->name))
			fprintf(stderr,
				"iommuctl: the pin %s stays, and gives the device to %s at the "
				"next boot: iommuctl unpin %s\n",
				match->pin->name,
				match->pin->driver ? match->pin->driver : "no driver",
				match->pin->name);
	}
}

static void print_words(void *context, const char *label, const char *interfaces)
{
	char safe[256];

	text_escape(label, strlen(label), safe, sizeof(safe));
	fputs(safe, stdout);
	if (interfaces) {
		text_escape(interfaces, strlen(interfaces), safe, sizeof(safe));
		printf(" %s", safe);
	}
	putchar('\n');
}

/* The selectors that restore knows: a line for each device that was moved, with its old names. */
static int list_moved_devices(const struct options *options, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(options, &root, e);

	if (result < 0)
		return result;
	kept_devices(root, print_words, NULL);
	return output_flush(e);
}

static int run_restore(const struct options *options, struct error *e)
{
	struct request request = {
		.verb = "restore",
		.selectors = options->arguments,
		.dry_run = options->dry_run,
	};
	_cleanup_(free_pinned) struct pinned pinned = {0};
	int result;

	if (options->argument_count == 1 && strcmp(options->arguments[0], "help") == 0)
		return list_moved_devices(options, e);
	if (options->all == (options->argument_count > 0))
		return error_set(e, ERROR_USAGE, 0, "restore takes selectors or --all");
	pinned = read_pinned(options);
	result = change_run(options, &request, e);
	if (result == 0)
		note_pins(&pinned, options);
	return result;
}

const struct command command_restore = {
	.name = "restore",
	.arguments = "[SELECTOR…]",
	.summary = "back to the driver and override that devices had before iommuctl",
	.examples = {"restore 0000:01:00.0", "restore --all"},
	.scope = SCOPE_CHANGE | SCOPE_PLAN | SCOPE_DRY_RUN | SCOPE_RESTORE,
	.most_arguments = -1,
	.document = &change_kind,
	.run = run_restore,
};
