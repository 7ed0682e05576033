/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescan - remove PCI devices and find them again */
#include "commands/change.h"

static int run_rescan(const struct options *options, struct error *e)
{
	struct request request = {
		.verb = "rescan",
		.selectors = options->arguments,
		.dry_run = options->dry_run,
	};

	return change_run(options, &request, e);
}

const struct command command_rescan = {
	.name = "rescan",
	.arguments = "SELECTOR…",
	.summary =
		"remove PCI devices and find them again: the way back to an IOMMU that was missed",
	.examples = {"rescan 0000:01:00.0", "rescan --dry-run 0000:01:00.0"},
	.scope = SCOPE_CHANGE | SCOPE_PLAN | SCOPE_DRY_RUN,
	.least_arguments = 1,
	.most_arguments = -1,
	.document = &change_kind,
	.run = run_rescan,
};
