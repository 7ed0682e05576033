/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommus - each IOMMU: kind, state, where firmware describes it, its devices */
#include "views/iommus.h"
#include "checks/usage.h"
#include "commands/command.h"
#include "commands/rows.h"

static const struct column *const sets[] = {iommu_columns, iommu_text_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "name,kind,state,devices,groups,capacity,firmware_node",
	.verbose = "name,kind,state,devices,groups,capacity,device,firmware_node",
	.document_facts = FACT_SERVED | FACT_CAPACITY | FACT_IDS,
	.row_facts = FACT_IOMMUS | FACT_ALL_IOMMUS,
};

enum { SECTION_IOMMUS };

static const struct document_kind document_kind = {
	.host = true,
	.sections = {[SECTION_IOMMUS] = {"iommus", iommu_columns}},
};

/* An empty table says too little where a hypervisor has the IOMMUs. */
static struct findings explain_absence(const struct look *look, struct arena *arena)
{
	const struct finding *hypervisor = usage_of_hypervisor(&look->system->machine);
	struct findings findings = {0};

	if (hypervisor && !look->system->iommu_count)
		findings_add(&findings, arena, *hypervisor);
	return findings;
}

static int run_iommus(const struct options *options, struct error *e)
{
	_autolook_ struct look look = {0};
	_autorows_ struct rows rows = {0};
	_autoarena_ struct arena *arena = arena_new();
	struct findings absence;
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	if (result < 0)
		return result;
	rows = rows_iommus(&look);
	if (options->json) {
		struct document document = rows_document(&document_kind, &look);

		document.rows[SECTION_IOMMUS] = rows;
		return json_print(&document, e);
	}
	absence = explain_absence(&look, arena);
	rows_print_findings(&absence, options);
	result = rows_print_table(&rows, &look, options, NULL, e);
	look_notes(&look, options);
	return result;
}

const struct command command_iommus = {
	.name = "iommus",
	.arguments = "[SELECTOR…]",
	.summary = "each IOMMU: kind, state, devices, where firmware describes it",
	.examples = {"iommus", "iommus -o name,state,devices"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_FIRMWARE,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &document_kind,
	.run = run_iommus,
};
