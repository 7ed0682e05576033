/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pins - the bindings that are kept over reboots, and what each means on this machine now */
#include "views/pins.h"
#include "actions/audit.h"
#include "checks/pin_refusal.h"
#include "commands/apply_pins.h"
#include "commands/command.h"
#include "commands/early.h"
#include "commands/pin.h"
#include "commands/pin_files.h"
#include "commands/rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct column *const sets[] = {pin_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "name,driver,count,type,device,state,detail",
	.verbose = "name,driver,count,type,match,device,state,early,detail",
	.document_facts = PIN_FACTS,
	.row_facts = PIN_FACTS,
};

enum { SECTION_PINS };
enum { MEMBER_PIN_FILES };

static const struct document_kind pin_kind = {
	.host = true,
	.sections = {[SECTION_PINS] = {"pins", pin_columns}},
};

const struct document_kind pin_change_kind = {
	.host = true,
	.sections = {[SECTION_PINS] = {"pins", pin_columns}},
	.members = {[MEMBER_PIN_FILES] = "pin_files"},
};

static int print_pins(const struct options *options, const struct look *look,
		      const struct pin_match *matches, struct error *e)
{
	_autorows_ struct rows rows = rows_pins(look, matches);
	int result;

	if (options->json) {
		struct document document = rows_document(&pin_kind, look);

		document.rows[SECTION_PINS] = rows;
		return json_print(&document, e);
	}
	if (!rows.count && !pins_find_blind(look->system))
		rows_print_verdict(options, "There are no pins.\n");
	result = rows_print_table(&rows, look, options, NULL, e);
	look_notes(look, options);
	return result;
}

static int match_pins(const struct options *options, struct look *look, struct arena *arena,
		      struct pin_match **ret_matches, struct error *e)
{
	return judged_pins(options, &catalogue, options->compile, look, arena, ret_matches, e);
}

static void mark_failed(struct pin_match *matches, size_t count,
			const struct pin_failures *failures)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; pin_wants_change(&matches[i]) && j < failures->count; j++)
			if (strcmp(matches[i].pin->name, failures->items[j].name) == 0) {
				matches[i].state = PIN_FAILED;
				matches[i].detail = failures->items[j].why;
			}
}

static bool is_as_wanted(const struct pin_match *match)
{
	return match->state == PIN_SATISFIED || match->state == PIN_OFF;
}

static bool any_unmet(const struct pin_match *matches, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_as_wanted(&matches[i]))
			return true;
	return false;
}

/* The unit has half a minute for all pins: one that hangs takes no more than a third of it. */
enum { PIN_STEP_TIMEOUT_MS = 10 * 1000 };

/* Apply the pins, and read the machine again: the output comes from that reading. */
static int apply_and_match(const struct host *host, const struct options *options,
			   struct look *look, struct arena *arena, struct pin_match **matches,
			   struct error *e)
{
	struct pin_failures failures;
	int result;

	early_store_rules(options, *matches, look->system->machine.pin_count, arena);
	failures = apply_pins(host, *matches, look->system->machine.pin_count, arena);
	result = match_pins(options, look, arena, matches, e);
	if (result == 0)
		mark_failed(*matches, look->system->machine.pin_count, &failures);
	return result;
}

/*
 * The exit status of --apply. A card that was taken out is no failure of the service; another card
 * in its place is one. The table or the document was printed before, so this is one line more.
 */
static int status_of_apply(const struct pin_match *matches, size_t count)
{
	size_t unmet = 0;

	for (size_t i = 0; i < count; i++)
		unmet += !is_as_wanted(&matches[i]) && matches[i].state != PIN_ABSENT;
	if (!unmet)
		return 0;
	fprintf(stderr, "iommuctl: %zu of %zu pins could not be applied\n", unmet, count);
	return error_exit_status(ERROR_IO);
}

int pins_on(const struct host *host, const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	struct pin_match *matches;
	int result = match_pins(options, &look, arena, &matches, e);

	if (result == 0 && options->compile)
		return early_compile(options, options->compile, &look, matches, arena, e);
	if (result == 0 && host)
		result = apply_and_match(host, options, &look, arena, &matches, e);
	if (result == 0)
		result = print_pins(options, &look, matches, e);
	if (result == 0 && host)
		return status_of_apply(matches, look.system->machine.pin_count);
	return result ? result
		      : rows_exit_status(options,
					 any_unmet(matches, look.system->machine.pin_count),
					 pins_find_blind(look.system));
}

static int check_apply(const struct options *options, struct error *e)
{
	if (options->root)
		return error_set(e, ERROR_USAGE, 0,
				 "--apply changes the running machine: it takes no --root");
	if (geteuid() != 0)
		return error_set(e, ERROR_PERMISSION, -EPERM, "only root can apply pins");
	return 0;
}

static int check_compile(const struct options *options, struct error *e)
{
	if (options->compile && (options->apply || options->json || options->exit_code))
		return error_set(e, ERROR_USAGE, 0,
				 "--compile excludes --apply, --json and --exit-code");
	return 0;
}

static int run_pins(const struct options *options, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	struct host host = {
		.kernel = &kernel_live, .timeout_ms = PIN_STEP_TIMEOUT_MS, .log = audit_syslog};
	int result = check_compile(options, e);

	if (result < 0)
		return result;
	if (!options->apply)
		return pins_on(NULL, options, e);
	result = check_apply(options, e);
	if (result == 0)
		result = look_open_tree(options, &root, e);
	host.root = root;
	return result < 0 ? result : pins_on(&host, options, e);
}

int pin_print_all(const struct options *options, const struct pin_change *changes, size_t count,
		  struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	struct options plain = {.json = true, .quiet = options->quiet, .root = options->root};
	struct pin_match *matches;
	int result = match_pins(&plain, &look, arena, &matches, e);

	if (result < 0)
		return result;
	_autorows_ struct rows rows = rows_pins(&look, matches);
	struct document document = rows_document(&pin_change_kind, &look);

	document.rows[SECTION_PINS] = rows;
	document.values[MEMBER_PIN_FILES] = pin_files_json(changes, count);
	return json_print(&document, e);
}

int pin_check_root(const struct options *options, struct error *e)
{
	if (options->dry_run || geteuid() == 0)
		return 0;
	return error_set(e, ERROR_PERMISSION, -EPERM, "only root can change pins");
}

const struct command command_pins = {
	.name = "pins",
	.arguments = "",
	.summary = "the pins of /etc/iommuctl/pins.d, and what each means on this machine",
	.examples = {"pins", "pins --exit-code -q"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_EXIT_CODE | SCOPE_PINS,
	.catalogue = &catalogue,
	.document = &pin_kind,
	.run = run_pins,
};
