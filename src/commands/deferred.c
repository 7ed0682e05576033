/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deferred - what has not probed or runs without its IOMMU, and the root cause */
#include "checks/deferral.h"
#include "commands/command.h"
#include "commands/rows.h"
#include "views/deferrals.h"

#include <stdio.h>
#include <string.h>

/* What --exit-code says. */
enum { STATUS_SOMETHING = 8, STATUS_CANNOT_TELL = 13 };

static const struct column *const sets[] = {deferral_columns, deferral_text_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "device,kind,state,dma,will_probe,root_cause",
	.verbose = "device,kind,state,dma,will_probe,root_cause,reason,why",
	.document_facts =
		FACT_SUPPLIERS | FACT_DEFERRAL | FACT_STREAMS | FACT_IOMMUS | FACT_GROUP_TYPE,
};

static int print_document(const struct look *look, const struct deferrals *found, struct error *e)
{
	_autorows_ struct rows rows = rows_deferrals(look, found);
	const struct section section = rows_section("deferred", deferral_columns, &rows);

	return rows_print_document(look, &section, 1, e);
}

static int print_table(const struct look *look, const struct deferrals *found,
		       const struct options *options, struct error *e)
{
	const struct column *name = catalogue_find(&catalogue, "device", strlen("device"));
	bool tree = !options->raw && !options->pairs && choice_has(&look->choice, name);
	_autorows_ struct rows rows =
		tree ? rows_deferral_tree(look, found) : rows_deferrals(look, found);

	if (!found->count && tree)
		return 0;
	return rows_print_table(&rows, look, options, tree ? name : NULL, e);
}

static void print_verdict(const struct look *look, const struct deferrals *found,
			  const struct options *options)
{
	const struct source *blind = deferrals_blind(look->system);

	if (options->quiet)
		return;
	if (found->count)
		deferrals_print_remedies(found);
	else if (blind)
		fprintf(stderr,
			"No device is seen to be deferred or to lack its IOMMU, but not all could "
			"be looked at: %s is %s.\n",
			blind->name, source_state_name(blind->state));
	else
		fprintf(stderr, "No device is deferred, and none lacks its IOMMU.\n");
}

static int exit_status(const struct look *look, const struct deferrals *found)
{
	if (found->count)
		return STATUS_SOMETHING;
	return deferrals_blind(look->system) ? STATUS_CANNOT_TELL : 0;
}

static int run(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	struct deferrals found;
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	if (result < 0)
		return result;
	found = deferrals(look.system, look.selection.chosen, arena);
	if (options->json) {
		result = print_document(&look, &found, e);
	} else {
		result = print_table(&look, &found, options, e);
		look_notes(&look, options);
		print_verdict(&look, &found, options);
	}
	return result == 0 && options->exit_code ? exit_status(&look, &found) : result;
}

static const struct section empty[] = {{"deferred", deferral_columns, NULL, 0}};
static const struct document nothing = {
	.host = true, .sections = empty, .section_count = ARRAY_SIZE(empty)};

const struct command command_deferred = {
	.name = "deferred",
	.arguments = "[SELECTOR…]",
	.summary = "what has not probed or lacks its IOMMU, the root cause and the remedy",
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_DEFERRED,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &nothing,
	.run = run,
};
