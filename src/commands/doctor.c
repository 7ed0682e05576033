/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor - all findings about the machine, worst first, each with what to type */
#include "checks/doctor.h"
#include "commands/command.h"
#include "commands/elsewhere.h"
#include "commands/fleet.h"
#include "commands/rows.h"
#include "views/findings.h"
#include "views/output.h"

#include <stdio.h>

static const struct column *const sets[] = {finding_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "severity,code,subject,message",
	.verbose = "severity,code,subject,message,evidence,remedy,devices,cause",
	.row_facts = DOCTOR_FACTS,
};

enum { SECTION_FINDINGS };

static const struct document_kind document_kind = {
	.host = true,
	.sections = {[SECTION_FINDINGS] = {"findings", finding_columns}},
};

static int list_codes(struct error *e)
{
	for (size_t i = CODE_NONE + 1; i < CODE_CHANGE_FIRST; i++)
		printf("%-28s %-8s %s\n", code_kinds[i].word, severity_name(code_kinds[i].severity),
		       code_kinds[i].help);
	return output_flush(e);
}

/* @ret_journal: the entry of the journal in sources[] */
static int add_unfinished(const struct options *options, struct findings *findings,
			  struct arena *arena, struct source *ret_journal, struct error *e)
{
	bool unfinished = false;
	int result = look_unfinished(options, arena, ret_journal, &unfinished, e);

	if (!unfinished)
		return result;
	findings_add(findings, arena,
		     (struct finding){
			     .code = CODE_TRANSACTION_UNFINISHED,
			     .severity = SEVERITY_ALARM,
			     .message = "an earlier change by iommuctl is unfinished",
			     .evidence = "/run/iommuctl",
			     .remedy = "iommuctl recover",
		     });
	findings_sort(findings);
	return 0;
}

static size_t count_notes(const struct findings *findings)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->items[i].severity == SEVERITY_NOTE;
	return count;
}

/* @blind: a source that could not be read, or NULL     @found: there are findings, or notes */
static void print_end(const struct options *options, const struct source *blind, bool found)
{
	if (blind)
		rows_print_verdict(options, "%s: %s is %s.\n",
				   found ? "There may be more"
					 : "Nothing is found, but there may be more",
				   blind->name, source_state_name(blind->state));
	else if (!found)
		rows_print_verdict(options, "Nothing is found, and all was read.\n");
}

/* Notes need no action: they are counted, and printed with --verbose. */
static void print_paragraphs(const struct options *options, const struct findings *findings,
			     const struct source *blind)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t notes = count_notes(findings), shown = findings->count;
	struct findings list = *findings;

	if (!options->verbose)
		shown -= notes;
	list.count = shown;
	rows_print_findings(&list, options);
	if (notes && !options->verbose)
		rows_print_verdict(options, "%zu note%s not shown: %s -v\n", notes,
				   notes == 1 ? " is" : "s are",
				   elsewhere_command(options, "doctor", arena));
	print_end(options, blind, findings->count);
}

static int print_findings(const struct options *options, const struct look *look,
			  const struct findings *findings, const struct source *blind,
			  struct error *e)
{
	_autorows_ struct rows rows = rows_findings(look, findings);
	int result = 0;

	if (options->json) {
		struct document document = rows_document(&document_kind, look);

		document.rows[SECTION_FINDINGS] = rows;
		return json_print(&document, e);
	}
	if (options->output || options->raw || options->pairs || options->no_headings)
		result = rows_print_table(&rows, look, options, NULL, e);
	else
		print_paragraphs(options, findings, blind);
	look_notes(look, options);
	return result;
}

static struct verdict count_findings(const struct findings *findings, bool blind)
{
	struct verdict verdict = {.blind = blind};

	for (size_t i = 0; i < findings->count; i++)
		verdict.counts[findings->items[i].severity]++;
	return verdict;
}

static int judge_machine(const struct options *options, struct verdict *ret_verdict,
			 struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	const struct source *blind;
	struct source journal;
	struct findings findings;
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	if (result < 0)
		return result;
	findings =
		doctor_findings(look.system, look.narrowed ? look.selection.chosen : NULL, arena);
	result = add_unfinished(options, &findings, arena, &journal, e);
	if (result < 0)
		return result;
	look.own_source = &journal;
	blind = doctor_blind(look.system);
	if (!blind && source_is_unread(&journal))
		blind = &journal;
	*ret_verdict = count_findings(&findings, blind);
	return print_findings(options, &look, &findings, blind, e);
}

static int run_doctor(const struct options *options, struct error *e)
{
	struct verdict verdict;
	int result;

	if (options->list)
		return list_codes(e);
	if (fleet_is_asked(options))
		result = fleet_print(options, judge_machine, &document_kind, &verdict, e);
	else
		result = judge_machine(options, &verdict, e);
	return result ? result
		      : rows_exit_status(options,
					 verdict.counts[SEVERITY_WARNING] +
							 verdict.counts[SEVERITY_ALARM] >
						 0,
					 verdict.blind);
}

const struct command command_doctor = {
	.name = "doctor",
	.arguments = "[SELECTOR…]",
	.summary = "all findings about the machine, worst first, each with what to type",
	.examples = {"doctor", "doctor --exit-code -q"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_EXIT_CODE | SCOPE_LOG | SCOPE_DOCTOR,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &document_kind,
	.run = run_doctor,
};
