/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs - the virtual functions of PCI devices: their number, drivers, groups and users */
#include "commands/command.h"
#include "commands/rows.h"
#include "model/facts.h"
#include "views/functions.h"

static const struct column *const sets[] = {function_columns, function_text_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "device,total,count,autoprobe,driver,group,opened_by,mac",
	.verbose = "device,total,count,autoprobe,driver,group,opened_by,mac",
	.document_facts = FACT_SRIOV | FACT_HOLDERS,
	.row_facts = FACT_SRIOV | FACT_IDS,
};

enum { SECTION_FUNCTIONS };

static const struct document_kind document_kind = {
	.host = true,
	.sections = {[SECTION_FUNCTIONS] = {"physical_functions", function_columns}},
};

static bool was_read(const struct system *system)
{
	const struct source *source = system_source(system, "sriov");

	return source && source->state == SOURCE_READ;
}

static int print_functions(const struct options *options, const struct look *look, struct error *e)
{
	_autorows_ struct rows rows = rows_functions(look, !options->json);
	struct document document = rows_document(&document_kind, look);
	int result;

	if (options->json) {
		document.rows[SECTION_FUNCTIONS] = rows;
		return json_print(&document, e);
	}
	if (!rows.count && was_read(look->system))
		rows_print_verdict(options, "No device here has an SR-IOV capability.\n");
	result = rows_print_table(&rows, look, options, &function_columns[0], e);
	look_notes(look, options);
	return result;
}

static int run_vfs(const struct options *options, struct error *e)
{
	_autolook_ struct look look = {0};
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	return result < 0 ? result : print_functions(options, &look, e);
}

const struct command command_vfs = {
	.name = "vfs",
	.arguments = "[SELECTOR]",
	.summary = "virtual functions (SR-IOV): of which device, with which driver, in which group",
	.examples = {"vfs", "vfs 0000:01:00.0"},
	.scope = SCOPE_READING | SCOPE_TABLE,
	.most_arguments = 1,
	.catalogue = &catalogue,
	.document = &document_kind,
	.run = run_vfs,
};
