/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs - the virtual functions of PCI devices: list them, or make and remove them */
#include "base/text.h"
#include "commands/change.h"
#include "commands/elsewhere.h"
#include "commands/rows.h"
#include "views/functions.h"

#include <limits.h>

static const struct column *const sets[] = {function_columns, function_text_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "device,total,count,autoprobe,driver,group,opened_by,mac",
	.verbose = "device,total,count,autoprobe,driver,group,opened_by,mac",
	.document_facts = FACT_SRIOV | FACT_HOLDERS,
	.row_facts = FACT_SRIOV | FACT_IDS,
};

static bool knows_capabilities(const struct system *system)
{
	const struct source *source = system_source(system, "sriov");

	return source && source->state == SOURCE_READ;
}

static int print_functions(const struct options *options, const struct look *look, struct error *e)
{
	_autorows_ struct rows rows = rows_functions(look, !options->json);
	struct document document = rows_document(&change_functions_kind, look);
	int result;

	if (options->json) {
		document.rows[CHANGE_SECTION_FUNCTIONS] = rows;
		return json_print(&document, e);
	}
	if (!rows.count && knows_capabilities(look->system))
		rows_print_verdict(options, "No device here has an SR-IOV capability.\n");
	result = rows_print_table(&rows, look, options, &function_columns[0], e);
	look_notes(look, options);
	return result;
}

static int list_vfs(const struct options *options, struct error *e)
{
	_autolook_ struct look look = {0};
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	return result < 0 ? result : print_functions(options, &look, e);
}

static int parse_function_count(const char *text, int *ret_count, struct error *e)
{
	uint64_t count;

	if (!text_number(text, 10, &count) || count > UINT16_MAX)
		return error_set(e, ERROR_USAGE, 0,
				 "vfs takes a number of virtual functions, not %.100s", text);
	*ret_count = (int)count;
	return 0;
}

/* The options of the list have no meaning for a change, and the reverse. */
static int check_change_options(const struct options *options, int count, struct error *e)
{
	if (options->root)
		return elsewhere_refuse(
			options, &command_vfs,
			"vfs with a count changes the running machine: it takes no --root", e);
	if (options->output || options->raw || options->pairs || options->no_headings)
		return error_set(e, ERROR_USAGE, 0, "vfs with a count prints no table");
	if (options->driver && !count)
		return error_set(e, ERROR_USAGE, 0, "--driver goes with a count above 0");
	return 0;
}

static int check_list_options(const struct options *options, struct error *e)
{
	if (options->driver || options->dry_run || options->waive_count || options->print ||
	    options->timeout_ms >= 0 || options->all_matching)
		return error_set(e, ERROR_USAGE, 0,
				 "--driver, --dry-run, --waive, --print, --timeout and "
				 "--all-matching go with a count");
	return 0;
}

static int change_vfs(const struct options *options, struct error *e)
{
	struct request request = {
		.verb = "vfs",
		.driver = options->driver ? change_driver(options->driver) : NULL,
		.driver_given = options->driver,
		.selectors = options->arguments,
		.dry_run = options->dry_run,
	};
	int result = parse_function_count(options->arguments[1], &request.function_count, e);

	if (result == 0)
		result = check_change_options(options, request.function_count, e);
	options->arguments[1] = NULL;
	return result < 0 ? result : change_run(options, &request, e);
}

static int run_vfs(const struct options *options, struct error *e)
{
	int result;

	if (options->argument_count == 2)
		return change_vfs(options, e);
	result = check_list_options(options, e);
	return result < 0 ? result : list_vfs(options, e);
}

const struct command command_vfs = {
	.name = "vfs",
	.arguments = "[SELECTOR [COUNT]]",
	.summary = "virtual functions (SR-IOV): list them; give a device as many as COUNT",
	.examples = {"vfs", "vfs 0000:01:00.0 4 --driver vfio-pci", "vfs --dry-run eth0 0"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_CHANGE | SCOPE_PLAN | SCOPE_DRY_RUN |
		 SCOPE_PRINT | SCOPE_FUNCTIONS,
	.most_arguments = 2,
	.catalogue = &catalogue,
	.document = &change_functions_kind,
	.run = run_vfs,
};
