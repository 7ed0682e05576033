/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wait - wait until a condition holds for all selected devices, at least one */
#include "actions/kept_name.h"
#include "base/clock.h"
#include "base/text.h"
#include "checks/condition.h"
#include "commands/command.h"
#include "commands/glance.h"
#include "commands/overview.h"
#include "commands/rows.h"
#include "commands/wait_explain.h"
#include "sources/read.h"
#include "views/devices.h"
#include "views/groups.h"

#include <stdio.h>
#include <string.h>

static const struct column *const sets[] = {device_columns, group_columns, NULL};

/* The columns that --verbose prints at the end. */
static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "name,driver,group,vfio_node",
	.verbose = "name,driver,group,vfio_node",
	.document_facts = FACTS_CHEAP | FACT_DMA,
};

/*
 * The state of the command wait.
 * @selectors: NULL-terminated     @subject: the same, as words of a message
 * @why: device, cause and remedy, if a look found a reason; else without message
 */
struct waiter {
	const struct options *options;
	const char *const *selectors;
	char subject[256];
	struct condition condition;
	char phrase[512];
	unsigned facts;
	struct choice choice;
	const struct root *root;
	struct glance glance;
	int64_t started;
	struct error why;
	bool announced;
};

/*
 * Select the devices of one selector. If nothing matches it yet, that is only a reason to wait; a
 * selector that never can match is a failure.
 */
static int select_waited_for(struct waiter *waiter, struct look *look, const char *selector,
			     bool *ret_present, struct error *e)
{
	int result = select_devices(&look->selection, selector, e);

	if (result < 0 && e->code == ERROR_NO_MATCH &&
	    select_kept_name(&look->selection, waiter->root, selector, e))
		result = 0;
	*ret_present = result == 0;
	if (result == 0 || e->code != ERROR_NO_MATCH)
		return result;
	waiter->why = *e;
	*e = (struct error){0};
	return 0;
}

/* @ret_present: each selector has a device */
static int select_all_waited_for(struct waiter *waiter, struct look *look, bool *ret_present,
				 struct error *e)
{
	bool present = true;
	int result = 0;

	look->selection.system = look->system;
	look->selection.chosen = calloc(look->system->device_count + 1, sizeof(bool));
	if (!look->selection.chosen)
		memory_exhausted();
	if (waiter->why.code == ERROR_NO_MATCH)
		waiter->why = (struct error){0};
	for (size_t i = 0; waiter->selectors[i] && result == 0; i++) {
		bool found = false;

		result = select_waited_for(waiter, look, waiter->selectors[i], &found, e);
		present = present && found;
	}
	*ret_present = present;
	return result;
}

/*
 * Check whether a driver is on its way. The kernel removes the driver link before a driver begins
 * to leave (drivers/base/dd.c: __device_release_driver), and DRIVER= in the uevent file when it has
 * left. waiting_for_supplier must never be read: during a probe that deadlocks both processes. Its
 * existence is enough. A message of the kernel that the probe has succeeded is proof.
 */
static void look_closer(const struct waiter *waiter, const struct device *device,
			struct look_result *seen)
{
	if (root_hasf(waiter->root, "%s/driver", device->path) <= 0)
		seen->holds = ANSWER_NO;
	if (glance_heard_bind(&waiter->glance, device->path))
		return;
	seen->sure = false;
	if (root_hasf(waiter->root, "%s/waiting_for_supplier", device->path) > 0)
		seen->probing = true;
}

/*
 * Mix a text into an FNV-1a hash: another device behind the same selector, or another driver,
 * changes it.
 */
static uint64_t mix_hash(uint64_t identity, const char *text)
{
	for (; text && *text; text++)
		identity = (identity ^ (unsigned char)*text) * 0x100000001b3;
	return (identity ^ 0xff) * 0x100000001b3;
}

static void judge_condition(const struct waiter *waiter, const struct look *look,
			    struct look_result *seen)
{
	bool needs_probe = waiter->condition.kind != CONDITION_GROUP;

	seen->sure = seen->present;
	seen->holds = seen->present ? ANSWER_YES : ANSWER_NO;
	for (size_t i = 0; i < look->system->device_count; i++) {
		const struct device *device = look->system->devices[i];
		enum answer holds;

		if (!look->selection.chosen[i])
			continue;
		holds = condition_holds(&waiter->condition, device);
		if (holds == ANSWER_YES && needs_probe)
			look_closer(waiter, device, seen);
		if (holds != ANSWER_YES && seen->holds != ANSWER_NO)
			seen->holds = holds;
		seen->identity = mix_hash(mix_hash(seen->identity, device->path), device->driver);
	}
}

/*
 * Explain the first device for which the condition is hopeless, else the first for which it does
 * not hold.
 */
static void explain_failure(struct waiter *waiter, const struct look *look,
			    struct look_result *seen)
{
	bool modules_come = root_has(waiter->root, "/run/udev/queue") > 0;
	enum answer noiommu = wait_noiommu(waiter->root);
	_autoarena_ struct arena *arena = arena_new();
	struct error *why = &waiter->why;

	*why = (struct error){0};
	for (size_t i = 0; i < look->system->device_count && !seen->hopeless; i++) {
		const struct device *device = look->system->devices[i];
		struct deferral deferral;
		bool told;

		if (!look->selection.chosen[i] ||
		    condition_holds(&waiter->condition, device) == ANSWER_YES)
			continue;
		told = deferral_of(look->system, device, arena, &deferral);
		if (told ? condition_is_hopeless(&waiter->condition, &deferral, modules_come)
			 : condition_is_barred(&waiter->condition, device, noiommu)) {
			seen->hopeless = device->label;
			seen->unlisted =
				told && deferral.cause.finding.code == CODE_MANUAL_BIND_DEFERRED;
		}
		if (*why->message && !seen->hopeless)
			continue;
		if (told)
			wait_explain_cause(why, &deferral);
		else
			wait_explain_state(why, device);
		snprintf(why->device, sizeof(why->device), "%s", device->label);
	}
}

static bool is_busy(const struct system *system)
{
	for (size_t i = 0; i < system->source_count; i++)
		if (system->sources[i].busy && strcmp(system->sources[i].name, "stable") != 0)
			return true;
	return false;
}

/* BUS:NAME names a device as NAME does; names of PCI devices contain colons too. */
static bool is_on_bus(const struct root *root, const char *selector, const char *bus)
{
	const char *name = text_basename(selector), *colon = strchr(name, ':');

	return root_hasf(root, "/sys/bus/%s/devices/%s", bus, name) > 0 ||
	       root_hasf(root, "/sys/bus/%s/devices/%s", bus, colon ? colon + 1 : name) > 0;
}

static int find_waited_on_bus(void *context, const char *bus)
{
	const struct waiter *waiter = context;

	for (size_t i = 0; waiter->selectors[i]; i++)
		if (is_on_bus(waiter->root, waiter->selectors[i], bus))
			return 1;
	return 0;
}

static int read_for_wait(struct waiter *waiter, bool analyse, struct look *look,
			 struct look_result *seen, struct error *e)
{
	int result;

	look->narrowed = true;
	look->choice = waiter->choice;
	look->facts = waiter->facts | (analyse ? FACT_SUPPLIERS : 0);
	seen->analysed = look->facts & FACT_SUPPLIERS;
	result = system_read_selected(waiter->root, look->facts, waiter->selectors, NULL,
				      &look->system, e);
	return result < 0 ? result : select_all_waited_for(waiter, look, &seen->present, e);
}

/*
 * If no device of a bus has a group, the bus is read only with FACT_SUPPLIERS (deferred devices of
 * a devicetree, and their suppliers). After that every look has to read it.
 */
static int read_hidden(struct waiter *waiter, struct look *look, struct look_result *seen,
		       struct error *e)
{
	if (seen->present || seen->analysed ||
	    root_list(waiter->root, "/sys/bus", find_waited_on_bus, waiter) != 1)
		return 0;
	waiter->facts |= FACT_SUPPLIERS;
	look_free(look);
	*look = (struct look){0};
	return read_for_wait(waiter, true, look, seen, e);
}

static int look_at_condition(struct waiter *waiter, bool analyse, struct look *look,
			     struct look_result *seen, struct error *e)
{
	int64_t began = clock_ms();
	int result;

	*seen = (struct look_result){0};
	glance_count(&waiter->glance);
	result = read_for_wait(waiter, analyse, look, seen, e);
	if (result == 0)
		result = read_hidden(waiter, look, seen, e);
	if (result < 0)
		return result;
	glance_hear(&waiter->glance);
	judge_condition(waiter, look, seen);
	/* A glance knows the links of one device: of several, it only counts events. */
	glance_remember(&waiter->glance, look, waiter->selectors[1] ? "" : waiter->selectors[0]);
	seen->stirred = waiter->glance.stirred;
	if (seen->present && seen->analysed && seen->holds != ANSWER_YES)
		explain_failure(waiter, look, seen);
	seen->busy = is_busy(look->system);
	seen->took = clock_ms() - began;
	return 0;
}

/*
 * Bring the last look up to date: by a new one, unless that could not have another answer.  @look,
 * @seen: the last look; without a system before the first
 */
static int update_look(struct waiter *waiter, const struct wait_state *waiting, struct look *look,
		       struct look_result *seen, struct error *e)
{
	int64_t now = clock_ms();
	bool analyse = wait_wants_analysis(waiting, now);

	if (look->system && !analyse && seen->holds == ANSWER_NO && !seen->busy &&
	    now < waiting->deadline && glance_is_enough(&waiter->glance)) {
		seen->took = 0;
		seen->analysed = false;
		seen->stirred = waiter->glance.stirred;
		return 0;
	}
	look_free(look);
	*look = (struct look){0};
	return look_at_condition(waiter, analyse, look, seen, e);
}

/* Tell the user once, on a terminal, that the command waits. */
static void announce_wait(struct waiter *waiter)
{
	enum { PATIENCE_MS = 1000 };
	const struct error *why = &waiter->why;
	struct error line;

	if (waiter->announced || waiter->options->quiet || !isatty(STDERR_FILENO) ||
	    clock_ms() - waiter->started < PATIENCE_MS)
		return;
	waiter->announced = true;
	error_set(&line, ERROR_NONE, 0, "waiting for %s to %s",
		  *why->device ? why->device : waiter->subject, waiter->phrase);
	fprintf(stderr, "iommuctl: %s%s%s%s%s\n", line.message, *why->message ? ": " : "",
		why->message, *why->remedy ? ". " : "", why->remedy);
}

/*
 * End without success, by timeout or because the condition is hopeless: the message has the reason
 * that the looks found.
 */
static int fail_with_cause(const struct waiter *waiter, enum error_code code, struct error *e)
{
	const struct error *why = &waiter->why;
	const char *device = *why->device ? why->device : waiter->subject;
	size_t used;
	int result;

	if (code == ERROR_TIMED_OUT)
		result = error_set(e, code, 0, "waited %g s for %s to %s",
				   waiter->options->timeout_ms / 1000.0, device, waiter->phrase);
	else
		result =
			error_set(e, code, 0, "%s cannot %s as things are", device, waiter->phrase);
	used = strlen(e->message);
	if (*why->message)
		snprintf(e->message + used, sizeof(e->message) - used, ": %s", why->message);
	memcpy(e->device, why->device, sizeof(e->device));
	memcpy(e->evidence, why->evidence, sizeof(e->evidence));
	memcpy(e->remedy, why->remedy, sizeof(e->remedy));
	return result;
}

static int print_met_condition(const struct waiter *waiter, const struct look *look,
			       struct error *e)
{
	_autorows_ struct rows rows = {0};

	if (waiter->options->json)
		return overview_print(look, e);
	if (!waiter->options->verbose)
		return 0;
	rows = rows_devices(look, true);
	return rows_print_table(&rows, look, waiter->options, NULL, e);
}

static int wait_for_it(struct waiter *waiter, struct error *e)
{
	struct wait_state waiting =
		wait_start(waiter->started, waiter->options->timeout_ms, waiter->options->patient);
	_autolook_ struct look look = {0};
	struct look_result seen = {0};

	for (;;) {
		struct decision decision;
		int result = update_look(waiter, &waiting, &look, &seen, e);

		if (result < 0)
			return result;
		decision = wait_decide(&waiting, &seen, clock_ms());
		if (decision.verdict == VERDICT_TRUE)
			return print_met_condition(waiter, &look, e);
		if (decision.verdict != VERDICT_WAIT)
			return fail_with_cause(waiter,
					       decision.verdict == VERDICT_HOPELESS
						       ? ERROR_HOPELESS
						       : ERROR_TIMED_OUT,
					       e);
		announce_wait(waiter);
		glance_pause(&waiter->glance, &decision);
	}
}

/* Listen before the first look, so that no event in between is missed. */
static void listen_for_events(struct waiter *waiter)
{
	struct error silence;

	if (glance_start(&waiter->glance, waiter->root, &silence) < 0 && !waiter->options->quiet)
		fprintf(stderr, "iommuctl: %s; looking once a second\n", silence.message);
}

static unsigned facts_of_condition(const struct waiter *waiter)
{
	unsigned facts = condition_facts(&waiter->condition);

	for (size_t i = 0; waiter->selectors[i]; i++)
		facts |= select_facts(waiter->selectors[i]);
	if (waiter->options->json)
		facts |= waiter->options->verbose ? FACTS_ALL : catalogue.document_facts;
	else if (waiter->options->verbose)
		facts |= waiter->choice.facts;
	return facts;
}

/* The words before the condition, which is the last one. */
static int parse_wait_words(struct waiter *waiter, struct arena *arena, const char **ret_condition,
			    struct error *e)
{
	char *const *words = waiter->options->arguments;
	const char **selectors;
	size_t count = 0;

	while (words[count])
		count++;
	selectors = arena_array(arena, count, sizeof(*selectors));
	waiter->selectors = selectors;
	for (size_t i = 0; i + 1 < count; i++) {
		if (!*words[i])
			return error_set(e, ERROR_USAGE, 0, "an empty selector matches nothing");
		selectors[i] = words[i];
	}
	*ret_condition = words[count - 1];
	snprintf(waiter->subject, sizeof(waiter->subject), "%s",
		 arena_join(arena, selectors, count - 1, ", "));
	return 0;
}

static int run_wait(const struct options *options, struct error *e)
{
	struct waiter waiter = {.options = options, .started = clock_ms()};
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	const char *condition;
	int result = parse_wait_words(&waiter, arena, &condition, e);

	if (result == 0)
		result = condition_parse(condition, &waiter.condition, e);
	if (result == 0)
		result = catalogue_choose(&catalogue, NULL, false, &waiter.choice, e);
	if (result == 0)
		result = look_open_tree(options, &root, e);
	if (result < 0)
		return result;
	waiter.root = root;
	waiter.facts = facts_of_condition(&waiter);
	condition_phrase(&waiter.condition, waiter.phrase, sizeof(waiter.phrase));
	listen_for_events(&waiter);
	result = wait_for_it(&waiter, e);
	glance_free(&waiter.glance);
	return result;
}

const struct command command_wait = {
	.name = "wait",
	.arguments = "SELECTOR… probed|driver=NAME|group|vfio",
	.summary = "until the devices are probed, driver=NAME, in a group, or served by VFIO",
	.examples = {"wait 0000:01:00.0 vfio --timeout 30", "wait eth0 driver=e1000e"},
	.scope = SCOPE_WAIT,
	.least_arguments = 2,
	.most_arguments = -1,
	.document = &overview_kind,
	.run = run_wait,
};
