/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rebind and check, which is rebind without writes: SELECTOR… DRIVER */
#include "commands/change.h"
#include "commands/drivers.h"

#include <string.h>

/* The last word of the command line is the driver; the words before it are selectors. */
static int run_words(const struct options *options, bool dry_run, struct error *e)
{
	int last = options->argument_count - 1;
	struct request request = {
		.verb = "rebind",
		.driver = change_driver(options->arguments[last]),
		.selectors = options->arguments,
		.dry_run = dry_run,
	};

	options->arguments[last] = NULL;
	return change_run(options, &request, e);
}

static int run_rebind(const struct options *options, struct error *e)
{
	return run_words(options, options->dry_run, e);
}

static int run_check(const struct options *options, struct error *e)
{
	const int last = options->argument_count - 1;

	if (strcmp(options->arguments[last], "help") == 0) {
		options->arguments[last] = NULL;
		return drivers_print(options, e);
	}
	return run_words(options, true, e);
}

const struct command command_rebind = {
	.name = "rebind",
	.arguments = "SELECTOR… DRIVER",
	.summary = "move devices to a driver; \"none\" leaves them without one, and keeps them so",
	.examples = {"rebind 0000:01:00.0 vfio-pci", "rebind --group eth1 vfio-pci",
		     "rebind --dry-run group:12 none"},
	.scope = SCOPE_CHANGE | SCOPE_PLAN | SCOPE_MOVE | SCOPE_DRY_RUN | SCOPE_PRINT | SCOPE_OWNER,
	.least_arguments = 2,
	.most_arguments = -1,
	.document = &change_kind,
	.run = run_rebind,
};

const struct command command_check = {
	.name = "check",
	.arguments = "SELECTOR… DRIVER",
	.summary = "every check that a rebind would make, and its plan; changes nothing",
	.examples = {"check 0000:01:00.0 vfio-pci", "check --group eth1 vfio-pci"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_PLAN | SCOPE_MOVE | SCOPE_OWNER,
	.least_arguments = 2,
	.most_arguments = -1,
	.catalogue = &change_catalogue,
	.document = &change_kind,
	.run = run_check,
};
