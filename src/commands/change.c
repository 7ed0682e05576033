/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/change.h"

#include "actions/audit.h"
#include "base/notice.h"
#include "base/text.h"
#include "commands/look.h"
#include "commands/report.h"
#include "commands/rows.h"
#include "model/vfio_driver.h"
#include "sources/devices/owner.h"
#include "views/checks.h"
#include "views/findings.h"
#include "views/functions.h"
#include "views/output.h"
#include "views/plan.h"
#include "views/result.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STEP_TIMEOUT_MS = 30 * 1000 };

/* A command that runs a transaction. @changing: it changes the machine, not only checks it */
struct change_command {
	const struct options *options;
	const struct request *request;
	bool changing;
	struct report report;
};

const char *change_driver(const char *word)
{
	return strcmp(word, "none") == 0 ? NULL : vfio_driver_spelling(word);
}

/* Called during a step: standard error must not block it. */
static void print_waiting(const char *sentence)
{
	char safe[1024], line[1100];

	text_escape(sentence, strlen(sentence), safe, sizeof(safe));
	snprintf(line, sizeof(line), "iommuctl: %s\n", safe);
	notice_print(STDERR_FILENO, line);
}

enum { SECTION_CHECKS };
enum { MEMBER_PLAN, MEMBER_RESULT };

const struct document_kind change_kind = {
	.host = true,
	.sections = {[SECTION_CHECKS] = {"checks", finding_columns, check_columns}},
	.members = {[MEMBER_PLAN] = "plan", [MEMBER_RESULT] = "result"},
};

const struct document_kind change_functions_kind = {
	.host = true,
	.sections = {[SECTION_CHECKS] = {"checks", finding_columns, check_columns},
		     [CHANGE_SECTION_FUNCTIONS] = {"physical_functions", function_columns}},
	.members = {[MEMBER_PLAN] = "plan", [MEMBER_RESULT] = "result"},
};

static bool is_about_functions(const struct change_command *command)
{
	return command->request && request_makes_functions(command->request);
}

/* The physical functions after the change; before it where nothing was changed. */
static struct rows rows_changed_functions(const struct change_command *command)
{
	const struct report *report = &command->report;
	const struct system *system = report->after ? report->after : report->before;
	struct look look = {.system = system, .selection.system = system};
	struct rows rows = {0};

	if (!is_about_functions(command) || !system)
		return rows;
	look.selection.chosen = malloc(system->device_count + 1);
	if (!look.selection.chosen)
		memory_exhausted();
	memset(look.selection.chosen, true, system->device_count + 1);
	rows = rows_functions(&look, false);
	free(look.selection.chosen);
	return rows;
}

static int print_change_document(const struct change_command *command, const struct error *failure,
				 struct error *e)
{
	const struct report *report = &command->report;
	_autorows_ struct rows rows = rows_checks(&report->checks);
	_autorows_ struct rows functions = rows_changed_functions(command);
	const struct document document = {
		.kind = is_about_functions(command) ? &change_functions_kind : &change_kind,
		.system = report->before ? report->before : report->after,
		.facts = FACT_SRIOV | FACT_HOLDERS,
		.rows = {[SECTION_CHECKS] = rows, [CHANGE_SECTION_FUNCTIONS] = functions},
		.values = {[MEMBER_PLAN] = json_plan(&report->plan),
			   [MEMBER_RESULT] = json_result(report)},
		.failure = failure,
	};

	return json_print(&document, e);
}

static const struct column *const sets[] = {finding_columns, check_columns, NULL};

const struct catalogue change_catalogue = {
	.sets = sets,
	.standard = "level,id,subject,message",
	.verbose = "level,id,subject,message,evidence,remedy",
};

#define NOTHING_TO_RECOVER "Nothing to recover: no transaction is unfinished.\n"

/* True where the user asked for a format of answers that scripts parse. */
static bool wants_table(const struct options *options)
{
	return options->output || options->raw || options->pairs;
}

static int print_check_table(const struct change_command *command, struct error *e)
{
	const struct options *options = command->options;
	_autorows_ struct rows rows = rows_checks(&command->report.checks);
	struct look look = {0};
	int result = catalogue_choose(&change_catalogue, options->output, options->verbose,
				      &look.choice, e);

	return result < 0 ? result : rows_print_table(&rows, &look, options, NULL, e);
}

/* For check and a dry run the answers are the output; for a change they go with its result. */
static void print_checks(const struct change_command *command)
{
	if (command->options->quiet)
		return;
	if (!command->changing)
		checks_print_verdict(stdout, &command->report.checks, &command->report.handover);
	checks_print(command->changing ? stderr : stdout, &command->report.checks,
		     &command->report.handover, command->options->verbose);
}

/* The last line of a command's output is the present state, even if nothing changed. */
static void print_result(const struct change_command *command, FILE *out)
{
	const struct report *report = &command->report;

	result_print(report, out);
	if (report->plan.target_count || report->forgotten.count)
		return;
	if (!command->request)
		fputs(NOTHING_TO_RECOVER, out);
	else if (request_changes_domains(command->request))
		fputs("Nothing to do: the groups have that type already.\n", out);
	else if (is_about_functions(command))
		fputs("Nothing to do: it has that many virtual functions already.\n", out);
	else if (request_restores(command->request))
		fputs("Nothing to restore: iommuctl has moved none of these devices.\n", out);
	else
		fputs("Nothing to do: no device matches.\n", out);
}

/* The answer of a dry run of recover. */
static int print_unfinished(const struct change_command *command, struct error *e)
{
	const struct report *report = &command->report;

	if (report->plan.step_count) {
		printf("An earlier \"%s\" is unfinished; its plan was:\n", report->plan.verb);
		plan_print(&report->plan);
	} else if (!command->options->quiet) {
		fputs(NOTHING_TO_RECOVER, stdout);
	}
	return output_flush(e);
}

static int print_change_text(const struct change_command *command, struct error *e)
{
	const struct options *options = command->options;

	if (wants_table(options))
		return print_check_table(command, e);
	if (!command->request && !command->changing)
		return print_unfinished(command, e);
	print_checks(command);
	if (!command->changing) {
		plan_print(&command->report.plan);
		if (!command->report.plan.step_count && !options->quiet)
			fputs("Nothing to do: all devices are in that state already.\n", stdout);
		return output_flush(e);
	}
	if (options->print)
		result_print_launch(&command->report, options->print);
	/*
	 * Print words to standard error where standard output has what is to be pasted: they would
	 * become part of it.
	 */
	if (!options->quiet)
		print_result(command, options->print ? stderr : stdout);
	return output_flush(e);
}

/* The exit status tells the state of the machine, even if the output cannot be written. */
static int print_success(const struct change_command *command, struct error *e)
{
	int result = command->options->json ? print_change_document(command, NULL, e)
					    : print_change_text(command, e);

	if (result == 0 || !command->changing)
		return result;
	fprintf(stderr, "iommuctl: %s\n", e->message);
	return 0;
}

static int print_refusal(const struct change_command *command, const struct error *e)
{
	const struct options *options = command->options;
	struct error ignored;

	if (wants_table(options))
		print_check_table(command, &ignored);
	else
		print_checks(command);
	/* Between rows for scripts a plan would be read as more rows. */
	if (options->verbose && !wants_table(options))
		plan_print(&command->report.plan);
	/* If the answers of checks were printed, the error message need not repeat them. */
	if (options->quiet || wants_table(options))
		return report_failure(options, NULL, e);
	fputs("iommuctl: refused, nothing was touched\n", stderr);
	return error_exit_status(e->code);
}

static int print_failure(const struct change_command *command, struct error *e)
{
	const struct report *report = &command->report;
	struct options plain = *command->options;
	struct error ignored;

	/*
	 * Print the document of the change: it has more than the document of a command that failed
	 * earlier.
	 */
	if (plain.json && print_change_document(command, e, &ignored) == 0) {
		plain.json = false;
		return report_failure(&plain, NULL, e);
	}
	if (report->outcome == OUTCOME_REFUSED && !report->disturbed &&
	    checks_refusing(&report->checks))
		return print_refusal(command, e);
	if (report->outcome != OUTCOME_NONE && !plain.quiet)
		result_print(report, stderr);
	return report_failure(&plain, NULL, e);
}

static int check_permission(const struct options *options, const struct request *request,
			    struct error *e)
{
	if (options->dry_run || (request && request->dry_run) || geteuid() == 0)
		return 0;
	error_set(e, ERROR_PERMISSION, -EPERM, "only root can change the machine");
	error_remedy(
		e, "Use sudo; \"iommuctl check\" works without root, as far as files can be read");
	return -EPERM;
}

int change_apply_options(const struct options *options, struct arena *arena,
			 struct request *request, struct error *e)
{
	int result = 0;

	request->all = options->all;
	request->with_group = options->group;
	request->all_matching = options->all_matching;
	for (size_t i = 0; i < options->waive_count && result == 0; i++)
		result = waivers_parse(options->waive[i], arena, &request->waivers, e);
	return result;
}

static void close_command(struct change_command *command)
{
	report_free(&command->report);
}

int change_on(const struct host *host, const struct options *options, const struct request *request,
	      struct error *e)
{
	_cleanup_(close_command) struct change_command command = {
		.options = options,
		.request = request,
		.changing = request ? !request->dry_run : !options->dry_run,
	};
	_autoarena_ struct arena *arena = arena_new();
	int result = request ? transaction_run(host, request, arena, &command.report, e)
		     : options->dry_run
			     ? transaction_find_unfinished(host, arena, &command.report, e)
			     : transaction_recover(host, arena, &command.report, e);

	return result < 0 ? print_failure(&command, e) : print_success(&command, e);
}

struct host change_host(const struct options *options, const struct root *root)
{
	return (struct host){
		.root = root,
		.kernel = &kernel_live,
		.timeout_ms = options->timeout_ms < 0 ? STEP_TIMEOUT_MS : options->timeout_ms,
		.tell = options->quiet ? NULL : print_waiting,
		.log = audit_syslog,
	};
}

/* The user of --owner lives as long as the waivers: in @arena. */
static int read_new_owner(const struct options *options, const struct root *root,
			  struct arena *arena, struct request *request, struct error *e)
{
	struct owner *owner = arena_array(arena, 1, sizeof(*owner));
	int result = owner_read(root, options->owner, owner, e);

	if (result == 0)
		request->owner = owner;
	return result;
}

int change_run(const struct options *options, struct request *request, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct choice ignored;
	struct host host;
	int result =
		catalogue_choose(&change_catalogue, options->output, options->verbose, &ignored, e);

	if (result == 0)
		result = check_permission(options, request, e);
	if (result == 0 && request)
		result = change_apply_options(options, arena, request, e);
	if (result == 0)
		result = look_open_tree(options, &root, e);
	if (result == 0 && request && options->owner)
		result = read_new_owner(options, root, arena, request, e);
	if (result < 0)
		return result;
	host = change_host(options, root);
	return change_on(&host, options, request, e);
}
