/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/apply_pins.h"

#include "base/text.h"
#include "checks/pin_refusal.h"
#include "sources/read.h"

/* The pins while they are applied. @done: by index */
struct applying {
	const struct host *host;
	const struct pin_match *matches;
	size_t count;
	bool *done;
	struct arena *arena;
	struct pin_failures failures;
};

/* A group is handed over as a whole, so its devices move together. */
static bool moves_together(const struct pin_match *one, const struct pin_match *other)
{
	const struct pin *pin = one->pin, *next = other->pin;

	return one == other ||
	       (pin_wants_change(other) && !pin->count && !next->count && one->device->group &&
		one->device->group == other->device->group &&
		same_text(pin->driver, next->driver) && same_text(pin->type, next->type));
}

static void add_failure(struct applying *applying, const char *name, const struct error *e)
{
	struct pin_failures *failures = &applying->failures;

	failures->items = arena_grow(applying->arena, failures->items, failures->count,
				     &failures->room, sizeof(*failures->items));
	failures->items[failures->count++] = (struct pin_failure){
		arena_strdup(applying->arena, name), arena_strdup(applying->arena, e->message)};
}

/* The request that gives devices what their pin keeps; the type of their group is another one. */
static struct request request_of_pin(const struct pin *pin, char *const *selectors)
{
	if (pin->count)
		return (struct request){.verb = "vfs",
					.driver = pin->driver,
					.driver_given = true,
					.function_count = pin->count,
					.selectors = selectors};
	return (struct request){
		.verb = "rebind", .driver = pin->driver, .selectors = selectors, .by_pin = true};
}

static int carry_out_pin(const struct applying *applying, const struct pin *pin,
			 char *const *selectors, struct error *e)
{
	const struct request request = request_of_pin(pin, selectors);
	const struct request typed = {
		.verb = "domain", .domain_type = pin->type, .selectors = selectors};
	_cleanup_(report_free) struct report report = {0};
	_cleanup_(report_free) struct report typing = {0};
	int result = transaction_run(applying->host, &request, applying->arena, &report, e);

	if (result == 0 && pin->type)
		result = transaction_run(applying->host, &typed, applying->arena, &typing, e);
	return result;
}

/* One transaction for the pin at @first and those that move together with it. */
static void apply_together(struct applying *applying, size_t first)
{
	_autofree_ char **selectors = calloc(applying->count + 1, sizeof(*selectors));
	const struct pin_match *match = &applying->matches[first];
	struct error e = {0};
	size_t moved = 0;
	int result;

	if (!selectors)
		memory_exhausted();
	for (size_t i = first; i < applying->count; i++)
		if (!applying->done[i] && moves_together(match, &applying->matches[i])) {
			applying->done[i] = true;
			selectors[moved++] = (char *)applying->matches[i].device->path;
		}
	result = carry_out_pin(applying, match->pin, selectors, &e);
	for (size_t i = first; result < 0 && i < applying->count; i++)
		if (applying->done[i] && pin_wants_change(&applying->matches[i]) &&
		    moves_together(match, &applying->matches[i]))
			add_failure(applying, applying->matches[i].pin->name, &e);
}

/* Only then may its device have the driver by an override that is not remembered. */
static bool may_be_bound_by_override(const struct pin_match *match)
{
	return match->state == PIN_SATISFIED && match->device && match->pin->driver &&
	       !match->pin->count;
}

static bool is_bound_by_override(const struct system *system, const struct pin_match *match)
{
	const struct device *device = system_device(system, match->device->path);

	return device && same_text(device->driver, match->pin->driver) &&
	       same_text(device->driver_override, match->pin->driver);
}

/*
 * A card that was plugged in has its driver by the override of a rule of udev: restore must know it
 * like one that was moved. There is nothing to do but to remember it; the pin is kept without that.
 */
static void remember_bound(const struct applying *applying)
{
	_autosystem_ const struct system *system = NULL;
	struct error ignored = {0};

	for (size_t i = 0; i < applying->count; i++) {
		const struct pin_match *match = &applying->matches[i];
		char *selectors[] = {match->device ? (char *)match->device->path : NULL, NULL};
		const struct request request = request_of_pin(match->pin, selectors);
		_cleanup_(report_free) struct report report = {0};

		if (!may_be_bound_by_override(match))
			continue;
		if (!system && system_read(applying->host->root, PIN_FACTS | FACT_OVERRIDE, &system,
					   &ignored) < 0)
			return;
		if (is_bound_by_override(system, match))
			error_ignore(transaction_run(applying->host, &request, applying->arena,
						     &report, &ignored));
	}
}

struct pin_failures apply_pins(const struct host *host, const struct pin_match *matches,
			       size_t count, struct arena *arena)
{
	struct applying applying = {.host = host,
				    .matches = matches,
				    .count = count,
				    .done = arena_array(arena, count, sizeof(bool)),
				    .arena = arena};

	for (size_t i = 0; i < count; i++)
		if (!applying.done[i] && pin_wants_change(&matches[i]))
			apply_together(&applying, i);
	remember_bound(&applying);
	return applying.failures;
}
