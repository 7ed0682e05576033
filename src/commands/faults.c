/* SPDX-License-Identifier: GPL-2.0-or-later */
/* faults - IOMMU faults in the kernel log: the device, the meaning, and what to try */
#include "checks/faults.h"
#include "commands/command.h"
#include "commands/follow.h"
#include "commands/rows.h"
#include "views/faults.h"
#include "views/findings.h"

static const struct column *const sets[] = {fault_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "time,count,device,driver,group,kind,access,address",
	.verbose = "time,first_time,count,device,driver,group,iommu,stream,kind,access,address,"
		   "lowest,highest,pasid,reason,line",
	.document_facts = FACT_FAULTS | FACT_IDS | FACT_IOMMUS | FACT_REGIONS | FACT_DMA_MASKS,
};

enum { SECTION_FINDINGS, SECTION_FAULTS };

static const struct document_kind document_kind = {
	.host = true,
	.sections = {[SECTION_FINDINGS] = {"findings", finding_columns},
		     [SECTION_FAULTS] = {"faults", fault_columns}},
};

static int print_faults_document(const struct look *look, const struct rows *faults,
				 const struct findings *findings, struct error *e)
{
	_autorows_ struct rows found = rows_findings(look, findings);
	struct document document = rows_document(&document_kind, look);

	document.rows[SECTION_FINDINGS] = found;
	document.rows[SECTION_FAULTS] = *faults;
	return json_print(&document, e);
}

/* The answer "none" is true only if the whole log was read. */
static void print_no_faults(const struct options *options, const struct source *blind)
{
	if (blind)
		rows_print_verdict(options,
				   "No IOMMU fault is seen, but %s is %s: there may be some.\n",
				   blind->name, source_state_name(blind->state));
	else if (options->log)
		rows_print_verdict(options,
				   "No line there reports an IOMMU fault. Lines must be whole, "
				   "from the driver's name on, as \"arm-smmu 15000000.iommu: "
				   "Unhandled context fault: …\".\n");
	else
		rows_print_verdict(options, "The kernel log has no IOMMU fault.\n");
}

static int print_faults(const struct options *options, const struct look *look,
			const struct fault_entries *entries, const struct findings *findings,
			const struct source *blind, struct error *e)
{
	_autorows_ struct rows rows = rows_faults(look, entries);
	int result = 0;

	if (options->json)
		return print_faults_document(look, &rows, findings, e);
	rows_print_findings(findings, options);
	if (entries->count)
		result = rows_print_table(&rows, look, options, NULL, e);
	else
		print_no_faults(options, blind);
	look_notes(look, options);
	return result;
}

static int run_faults(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	const struct source *blind;
	struct fault_entries entries;
	struct findings findings;
	const bool *chosen;
	int result;

	if (options->follow)
		return follow_faults(options, &catalogue, e);
	result = look_at(options, &catalogue, options->arguments, &look, e);
	if (result < 0)
		return result;
	chosen = look.narrowed ? look.selection.chosen : NULL;
	entries = fault_entries(look.system, chosen, arena);
	findings = faults_findings(&entries, arena);
	blind = faults_blind(look.system, &entries, chosen);
	result = print_faults(options, &look, &entries, &findings, blind, e);
	return result ? result : rows_exit_status(options, entries.count, blind);
}

const struct command command_faults = {
	.name = "faults",
	.arguments = "[SELECTOR…]",
	.summary = "IOMMU faults in the kernel log: the device, the meaning, what to try",
	.examples = {"faults", "faults --log dmesg.txt"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_EXIT_CODE | SCOPE_LOG | SCOPE_FOLLOW,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &document_kind,
	.run = run_faults,
};
