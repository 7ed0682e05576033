/* SPDX-License-Identifier: GPL-2.0-or-later */
/* streams - the IDs under which IOMMUs see devices, and devices with the same ID */
#include "checks/streams.h"
#include "commands/command.h"
#include "commands/rows.h"
#include "views/findings.h"
#include "views/streams.h"

#include <string.h>

static const struct column *const sets[] = {stream_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "device,iommu,kind,id,source,alias_of,shared_with",
	.verbose = "device,iommu,kind,id,mask,count,source,alias_of,shared_with,spec,map,available,"
		   "error",
	.document_facts =
		FACT_STREAMS | FACT_IOMMUS | FACT_CAPACITY | FACT_GROUP_TYPE | FACT_FAULTS,
	.row_facts = FACT_STREAMS,
};

enum { SECTION_FINDINGS, SECTION_STREAMS };

static const struct document_kind document_kind = {
	.host = true,
	.sections = {[SECTION_FINDINGS] = {"findings", finding_columns},
		     [SECTION_STREAMS] = {"streams", stream_columns}},
};

static int print_streams_document(const struct look *look, const struct rows *streams,
				  const struct findings *findings, struct error *e)
{
	_autorows_ struct rows found = rows_findings(look, findings);
	struct document document = rows_document(&document_kind, look);

	document.rows[SECTION_FINDINGS] = found;
	document.rows[SECTION_STREAMS] = *streams;
	return json_print(&document, e);
}

static bool is_about_chosen(const struct finding *finding, const struct look *look)
{
	for (size_t i = 0; i < look->system->stream_count; i++) {
		const char *name = look->system->streams[i].device_name;

		for (size_t j = 0; look->firmware.streams[i] && j < finding->device_count; j++)
			if (strcmp(finding->devices[j], name) == 0)
				return true;
	}
	return false;
}

/* Firmware of another machine has no devices: findings are narrowed by the names of its nodes. */
static void drop_other_findings(struct findings *findings, const struct look *look,
				struct arena *arena)
{
	struct findings kept = {0};

	for (size_t i = 0; i < findings->count; i++)
		if (is_about_chosen(&findings->items[i], look))
			findings_add(&kept, arena, findings->items[i]);
	*findings = kept;
}

static int run_streams(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	_autorows_ struct rows rows = {0};
	const struct overlap *overlaps;
	struct findings findings;
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	if (result < 0)
		return result;
	overlaps = streams_overlaps(look.system, arena);
	rows = rows_streams(&look, overlaps);
	findings = streams_findings(look.system, overlaps,
				    look.narrowed ? look.selection.chosen : NULL, arena);
	if (look.firmware.streams)
		drop_other_findings(&findings, &look, arena);
	findings_sort(&findings);
	if (options->json) {
		result = print_streams_document(&look, &rows, &findings, e);
	} else {
		rows_print_findings(&findings, options);
		result = rows_print_table(&rows, &look, options, NULL, e);
		look_notes(&look, options);
	}
	return result ? result
		      : rows_exit_status(options, findings_worst(&findings) > SEVERITY_NOTE,
					 streams_blind(look.system));
}

const struct command command_streams = {
	.name = "streams",
	.arguments = "[SELECTOR…]",
	.summary = "stream and requester IDs of each device, and which of them clash",
	.examples = {"streams 0000:01:00.0", "streams --dtb board.dtb"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_FIRMWARE | SCOPE_EXIT_CODE,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &document_kind,
	.run = run_streams,
};
