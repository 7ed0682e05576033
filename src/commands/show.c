/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show - the overview: devices, their groups and drivers, and which can be handed over */
#include "commands/command.h"
#include "commands/overview.h"
#include "commands/rows.h"
#include "commands/summary.h"
#include "views/devices.h"
#include "views/dot.h"
#include "views/groups.h"

static const struct column *const sets[] = {device_columns, device_text_columns, group_columns,
					    group_text_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "group,name,type,driver,hand_over,description",
	.verbose = "group,name,type,driver,driver_override,state,dma,hand_over,iommu,numa_node,"
		   "vfio_node,opened_by,reserved_regions,description,serial,why,isolation",
	.document_facts = FACTS_CHEAP | FACT_DMA,
};

static int show_table(const struct look *look, const struct options *options, struct error *e)
{
	bool all = options->all || options->verbose || look->narrowed;
	size_t hidden;
	_autorows_ struct rows rows = rows_overview(look, all, &hidden);
	int result = rows_print_table(&rows, look, options, NULL, e);

	if (result == 0 && !look->narrowed)
		summary_print(&rows, look, options, hidden);
	rows_print_notes(&rows, look, options);
	return result;
}

/* Whether a device is a bridge, which has no row, must not depend on the columns. */
static unsigned facts_of_rows(const struct options *options)
{
	bool all = options->all || options->verbose || options->json || *options->arguments;

	return all ? 0 : FACT_IDS;
}

static int run_show(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	struct catalogue offered = catalogue;
	struct findings findings;
	int result;

	offered.row_facts = facts_of_rows(options);
	result = look_at(options, &offered, options->arguments, &look, e);

	if (result < 0)
		return result;
	if (options->json)
		return overview_print(&look, e);
	if (options->dot)
		return dot_print_topology(look.system, look.selection.chosen, e);
	findings = overview_findings(&look, arena);
	rows_print_findings(&findings, options);
	return show_table(&look, options, e);
}

const struct command command_show = {
	.name = "show",
	.arguments = "[SELECTOR…]",
	.summary = "devices, their groups and drivers, and which can be handed over",
	.examples = {"show", "show --all eth0 group:12",
		     "show -J | jq \".devices[] | select(.hand_over.verdict == \\\"alone\\\") | "
		     ".name\""},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_ALL_DEVICES | SCOPE_DOT,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &overview_kind,
	.run = run_show,
};
