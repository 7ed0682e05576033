/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restore - return to the state that each device had before iommuctl first changed it in this boot
 */
#include "actions/kept_name.h"
#include "base/text.h"
#include "commands/change.h"
#include "commands/look.h"
#include "commands/pin_notes.h"
#include "views/output.h"

#include <stdio.h>
#include <string.h>

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
	_autopinnotes_ struct pin_notes before = {0}, after = {0};
	int result;

	if (options->argument_count == 1 && strcmp(options->arguments[0], "help") == 0)
		return list_moved_devices(options, e);
	if (options->all == (options->argument_count > 0))
		return error_set(e, ERROR_USAGE, 0, "restore takes selectors or --all");
	before = pin_notes_read(options);
	result = change_run(options, &request, e);
	if (result != 0)
		return result;
	after = pin_notes_read(options);
	pin_notes_print(&before, &after);
	return 0;
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
