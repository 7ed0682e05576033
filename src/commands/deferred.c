/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deferred - the devices that have not probed or run without their IOMMU, and the root causes */
#include "checks/deferral.h"
#include "commands/command.h"
#include "commands/rows.h"
#include "views/deferrals.h"
#include "views/dot.h"
#include "views/findings.h"

#include <string.h>

static const struct column *const sets[] = {deferral_columns, deferral_text_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "device,kind,state,dma,outcome,root_cause",
	.verbose = "device,kind,state,dma,outcome,root_cause,reason,waits_for",
	.document_facts = FACT_FAULTS | FACT_SUPPLIERS | FACT_DEFERRAL | FACT_STREAMS |
			  FACT_IOMMUS | FACT_GROUP_TYPE,
};

enum { SECTION_FINDINGS, SECTION_DEFERRED };

static const struct document_kind document_kind = {
	.host = true,
	.sections = {[SECTION_FINDINGS] = {"findings", finding_columns},
		     [SECTION_DEFERRED] = {"deferred", deferral_columns}},
};

static int print_deferred_document(const struct look *look, const struct deferrals *found,
				   const struct findings *causes, struct error *e)
{
	_autorows_ struct rows rows = rows_deferrals(look, found);
	_autorows_ struct rows cause_rows = rows_findings(look, causes);
	struct document document = rows_document(&document_kind, look);

	document.rows[SECTION_FINDINGS] = cause_rows;
	document.rows[SECTION_DEFERRED] = rows;
	return json_print(&document, e);
}

/* The column whose cells are a tree of causes; NULL where no tree is printed. */
static const struct column *tree_column(const struct look *look, const struct options *options)
{
	const struct column *name = catalogue_find(&catalogue, "device", strlen("device"));
	bool tree = !options->raw && !options->pairs && !options->verbose;

	return tree && choice_has(&look->choice, name) ? name : NULL;
}

static int print_deferred_table(const struct look *look, const struct deferrals *found,
				const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct column *tree = tree_column(look, options);
	_autorows_ struct rows rows =
		tree ? rows_deferral_tree(look, found, arena) : rows_deferrals(look, found);

	if (!found->count && (tree || options->verbose))
		return 0;
	return rows_print_table(&rows, look, options, tree, e);
}

/* The tree has the devices below their cause, so the sentence about it leaves them out. */
static void print_findings_above(const struct look *look, const struct findings *causes,
				 const struct options *options, struct arena *arena)
{
	bool tree = tree_column(look, options);
	struct findings shown = {0};

	for (size_t i = 0; i < causes->count; i++) {
		struct finding finding = causes->items[i];

		/* Devices with a cause of their own are not below one row. */
		if (tree && finding.subject)
			finding.device_count = 0;
		findings_add(&shown, arena, finding);
	}
	rows_print_findings(&shown, options);
}

/* The answer "none" is true only if all sources were read. */
static void print_causes(const struct look *look, const struct findings *causes,
			 const struct options *options, struct arena *arena)
{
	const struct source *blind = deferrals_blind(look->system);

	print_findings_above(look, causes, options, arena);
	if (causes->count)
		return;
	if (blind)
		rows_print_verdict(options,
				   "No device is seen to be deferred or to lack its IOMMU, but %s "
				   "is %s: there may be more.\n",
				   blind->name, source_state_name(blind->state));
	else
		rows_print_verdict(options, "No device is deferred, and none lacks its IOMMU.\n");
}

static int run_deferred(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	struct deferrals found;
	struct findings causes;
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	if (result < 0)
		return result;
	found = deferrals(look.system, look.selection.chosen, arena);
	causes = deferrals_findings(&found, arena);
	if (options->dot) {
		result = dot_print_deferrals(&found, e);
		look_notes(&look, options);
	} else if (options->json) {
		result = print_deferred_document(&look, &found, &causes, e);
	} else {
		print_causes(&look, &causes, options, arena);
		result = print_deferred_table(&look, &found, options, e);
		look_notes(&look, options);
	}
	return result ? result
		      : rows_exit_status(options, found.count, deferrals_blind(look.system));
}

const struct command command_deferred = {
	.name = "deferred",
	.arguments = "[SELECTOR…]",
	.summary =
		"devices that have not probed or lack their IOMMU, the root cause and the remedy",
	.examples = {"deferred", "deferred --exit-code a000000.virtio_mmio"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_EXIT_CODE | SCOPE_LOG | SCOPE_DOT,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &document_kind,
	.run = run_deferred,
};
