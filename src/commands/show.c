/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show - the overview: groups, their devices, drivers, and which can be handed over */
#include "commands/command.h"
#include "commands/overview.h"
#include "commands/rows.h"
#include "views/devices.h"
#include "views/groups.h"

#include <string.h>

static const struct column *const sets[] = {device_columns, device_text_columns, group_columns,
					    group_text_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "name,type,viability,driver,interfaces,description",
	.verbose = "name,type,viability,driver,driver_override,state,iommu,interfaces,numa_node,"
		   "vfio_node,"
		   "opened_by,reserved_regions,description,why,isolation",
	.document_facts = FACTS_CHEAP | FACT_DMA,
};

static int show_table(const struct look *look, const struct options *options, struct error *e)
{
	const struct column *name = catalogue_find(&catalogue, "name", strlen("name"));
	bool tree = !options->raw && !options->pairs && choice_has(&look->choice, name);
	bool all = options->verbose || look->narrowed;
	_autorows_ struct rows rows = tree ? rows_tree(look, all) : rows_devices(look, all);

	return rows_print_table(&rows, look, options, tree ? name : NULL, e);
}

static int run_show(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	struct findings findings;
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	if (result < 0)
		return result;
	if (options->json)
		return overview_print(&look, e);
	findings = overview_findings(&look, arena);
	rows_print_findings(&findings, options);
	result = show_table(&look, options, e);
	look_notes(&look, options);
	return result;
}

const struct command command_show = {
	.name = "show",
	.arguments = "[SELECTOR…]",
	.summary = "groups, their devices and drivers, and which could be handed over",
	.scope = SCOPE_READING | SCOPE_TABLE,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &overview_kind,
	.run = run_show,
};
