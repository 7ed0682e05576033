/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff - what differs between two moments, boots, kernels or machines */
#include "capture/boots.h"
#include "checks/differences.h"
#include "commands/command.h"
#include "commands/moment.h"
#include "commands/rows.h"
#include "views/differences.h"
#include "views/findings.h"
#include "views/output.h"
#include "views/prose.h"

#include <assert.h>
#include <stdio.h>

static const struct column *const sets[] = {finding_columns, difference_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "severity,kind,subject,message",
	.verbose = "severity,kind,code,subject,message,before,after,devices,cause",
};

enum { SECTION_DIFFERENCES };
enum { MEMBER_UNKNOWN, MEMBER_OLD, MEMBER_NEW };

static const struct document_kind document_kind = {
	.sections = {[SECTION_DIFFERENCES] = {"differences", finding_columns, difference_columns}},
	.members = {[MEMBER_UNKNOWN] = "unknown", [MEMBER_OLD] = "old", [MEMBER_NEW] = "new"},
};

static struct rows rows_of_differences(const struct differences *differences)
{
	struct rows rows = {.items = calloc(differences->count + 1, sizeof(struct row))};

	if (!rows.items)
		memory_exhausted();
	for (; rows.count < differences->count; rows.count++)
		rows.items[rows.count] =
			(struct row){.difference = &differences->items[rows.count],
				     .finding = &differences->items[rows.count].finding,
				     .parent = -1};
	return rows;
}

static struct json_object *json_moment(const struct moment *moment)
{
	static const char *const areas[AREA_COUNT] = {
		[AREA_DEVICES] = "devices",	  [AREA_STABILITY] = "stability",
		[AREA_GROUPS] = "groups",	  [AREA_IOMMUS] = "iommus",
		[AREA_INTERFACES] = "interfaces", [AREA_FIRMWARE] = "firmware",
	};
	struct json_object *object = json_object_new_object(), *unread = json_object_new_array();

	assert(moment->inventory);
	for (size_t i = 0; i < AREA_COUNT; i++)
		if (moment->inventory->unread[i])
			json_object_array_add(unread, json_text(areas[i]));
	json_object_object_add(object, "form", json_text(moment->form));
	json_object_object_add(object, "file", json_text(moment->name));
	json_object_object_add(object, "kernel",
			       json_text(moment->inventory->facts[MACHINE_KERNEL].text));
	json_object_object_add(object, "unread", unread);
	return object;
}

static size_t count_unknown(const struct differences *differences)
{
	size_t count = 0;

	for (size_t i = 0; i < DIFFERENCE_KIND_COUNT; i++)
		count += differences->unknown[i];
	return count;
}

/* "streams 28, driver 2" */
static void print_unknown(const struct differences *differences, const struct options *options)
{
	size_t count = count_unknown(differences);
	const char *separator = ": ";
	struct prose prose;

	if (!count || options->quiet)
		return;
	prose_start(&prose);
	fprintf(prose.out, "iommuctl: %zu fact%s known on one side only, and not compared", count,
		count == 1 ? " is" : "s are");
	for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++) {
		if (!differences->unknown[i])
			continue;
		fprintf(prose.out, "%s%s %zu", separator,
			difference_kind_name((enum difference_kind)i), differences->unknown[i]);
		separator = ", ";
	}
	fputc('\n', prose.out);
	prose_print(&prose, stderr);
}

static int print_differences_document(const struct differences *differences,
				      const struct moment *old, const struct moment *new,
				      struct error *e)
{
	_autorows_ struct rows rows = rows_of_differences(differences);
	struct document document = {.kind = &document_kind};

	document.rows[SECTION_DIFFERENCES] = rows;
	document.values[MEMBER_UNKNOWN] = json_unknown_facts(differences);
	document.values[MEMBER_OLD] = json_moment(old);
	document.values[MEMBER_NEW] = json_moment(new);
	return json_print(&document, e);
}

/* Unchanged is silence. */
static int print_differences_text(const struct differences *differences,
				  const struct options *options, const struct look *look,
				  struct arena *arena, struct error *e)
{
	_autorows_ struct rows rows = rows_of_differences(differences);
	struct findings findings;

	if (!differences->count)
		return 0;
	if (options->output || options->raw || options->pairs || options->no_headings ||
	    options->verbose)
		return rows_print_table(&rows, look, options, NULL, e);
	findings = differences_findings(differences, arena);
	findings_print(stdout, &findings);
	return output_flush(e);
}

static int compare_moments(const struct options *options, const struct moment *old,
			   const struct moment *new, const struct look *look, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	bool ignored[DIFFERENCE_KIND_COUNT];
	struct differences differences;
	int result = differences_ignored(options->ignore, ignored, e);

	if (result < 0)
		return result;
	differences = differences_between(old->inventory, new->inventory, arena);
	differences = differences_without(&differences, ignored, arena);
	if (options->json)
		result = print_differences_document(&differences, old, new, e);
	else
		result = print_differences_text(&differences, options, look, arena, e);
	if (!options->json)
		print_unknown(&differences, options);
	return result ? result
		      : rows_exit_status(options, differences.count, count_unknown(&differences));
}

/* The capture of the boot that --boot names, in place of the argument OLD. */
static int choose_boot(const struct options *options, struct arena *arena, const char **ret_path,
		       struct error *e)
{
	_autoroot_ struct root *root = NULL;
	int result = root_open(NULL, &root, e);

	return result < 0
		       ? result
		       : boots_choose(root, BOOTS_FOLDER, options->boots_back, arena, ret_path, e);
}

/* Set the names of both sides; NULL for NEW is the machine now. */
static int choose_sides(const struct options *options, struct arena *arena, const char **ret_old,
			const char **ret_new, struct error *e)
{
	const char *const *words = (const char *const *)options->arguments;

	if (!options->boot && options->argument_count == 0)
		return error_set(e, ERROR_USAGE, 0,
				 "diff needs OLD, a document or a capture, or --boot -1");
	if (options->boot && options->argument_count > 1)
		return error_set(e, ERROR_USAGE, 0,
				 "with --boot diff takes one argument, not %.100s too", words[1]);
	*ret_new = options->boot ? words[0] : words[1];
	if (options->root && *ret_new)
		return error_set(e, ERROR_USAGE, 0,
				 "--root takes the place of NEW, which is %.100s", *ret_new);
	*ret_old = words[0];
	return options->boot ? choose_boot(options, arena, ret_old, e) : 0;
}

static int run_diff(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_automoment_ struct moment old = {0}, new = {0};
	struct look look = {0};
	const char *old_name, *new_name;
	bool ignored[DIFFERENCE_KIND_COUNT];
	int result =
		catalogue_choose(&catalogue, options->output, options->verbose, &look.choice, e);

	/* A wrong word is told before anything is read. */
	if (result == 0)
		result = differences_ignored(options->ignore, ignored, e);
	if (result == 0)
		result = choose_sides(options, arena, &old_name, &new_name, e);
	if (result == 0)
		result = moment_read(options, old_name, &old, e);
	if (result == 0)
		result = moment_read(options, new_name, &new, e);
	if (result < 0)
		return result;
	return compare_moments(options, &old, &new, &look, e);
}

const struct command command_diff = {
	.name = "diff",
	.arguments = "OLD|--boot NUMBER [NEW]",
	.summary = "what differs between two documents, captures, or one and the machine now",
	.examples = {"diff --boot -1", "diff before.json",
		     "diff --exit-code --ignore renumbered,address OLD NEW"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_EXIT_CODE | SCOPE_DIFF,
	.most_arguments = 2,
	.catalogue = &catalogue,
	.document = &document_kind,
	.run = run_diff,
};
