/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restore - return to the state that each device had before iommuctl first changed it in this boot
 */
#include "commands/change.h"

static int run_restore(const struct options *options, struct error *e)
{
	struct request request = {
		.verb = "restore",
		.selectors = options->arguments,
		.dry_run = options->dry_run,
	};

	if (options->all == (options->argument_count > 0))
		return error_set(e, ERROR_USAGE, 0, "restore takes selectors or --all");
	return change_run(options, &request, e);
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
