/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recover - finish or undo the transaction of this boot that a killed iommuctl left half-way */
#include "commands/change.h"

static int run_recover(const struct options *options, struct error *e)
{
	return change_run(options, NULL, e);
}

const struct command command_recover = {
	.name = "recover",
	.arguments = "",
	.summary = "finish or undo what a killed iommuctl left half-way in this boot",
	.examples = {"recover", "recover --dry-run", "recover --timeout 2min"},
	.scope = SCOPE_CHANGE | SCOPE_DRY_RUN,
	.document = &change_kind,
	.run = run_recover,
};
