/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/apply_pins.h"

#include "base/text.h"
#include "checks/pin_refusal.h"

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
	return one == other || (pin_wants_change(other) && one->device->group &&
				one->device->group == other->device->group &&
				same_text(one->pin->driver, other->pin->driver));
}

static void add_failure(struct applying *applying, const char *name, const struct error *e)
{
	struct pin_failures *failures = &applying->failures;

	failures->items = arena_grow(applying->arena, failures->items, failures->count,
				     &failures->room, sizeof(*failures->items));
	failures->items[failures->count++] = (struct pin_failure){
		arena_strdup(applying->arena, name), arena_strdup(applying->arena, e->message)};
}

/* One transaction for the pin at @first and those that move together with it. */
static void apply_together(struct applying *applying, size_t first)
{
	_autofree_ char **selectors = calloc(applying->count + 1, sizeof(*selectors));
	const struct pin_match *match = &applying->matches[first];
	struct request request = {
		.verb = "rebind", .driver = match->pin->driver, .selectors = selectors};
	_cleanup_(report_free) struct report report = {0};
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
	result = transaction_run(applying->host, &request, applying->arena, &report, &e);
	for (size_t i = first; result < 0 && i < applying->count; i++)
		if (applying->done[i] && pin_wants_change(&applying->matches[i]) &&
		    moves_together(match, &applying->matches[i]))
			add_failure(applying, applying->matches[i].pin->name, &e);
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
	return applying.failures;
}
