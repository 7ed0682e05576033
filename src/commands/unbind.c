/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unbind - rebind to no driver */
#include "commands/change.h"

static int run_unbind(const struct options *options, struct error *e)
{
	struct request request = {
		.verb = "unbind",
		.selectors = options->arguments,
		.dry_run = options->dry_run,
	};

	return change_run(options, &request, e);
}

const struct command command_unbind = {
	.name = "unbind",
	.arguments = "SELECTOR…",
	.summary = "the same as rebind SELECTOR… none",
	.examples = {"unbind 0000:01:00.0", "unbind --dry-run nvme1"},
	.scope = SCOPE_CHANGE | SCOPE_PLAN | SCOPE_MOVE | SCOPE_DRY_RUN,
	.least_arguments = 1,
	.most_arguments = -1,
	.document = &change_kind,
	.run = run_unbind,
};
