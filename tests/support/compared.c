/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/compared.h"

#include "support/check.h"

struct inventory *compared_inventory(const char *tree)
{
	const struct system *system = snapshot(tree, INVENTORY_FACTS);
	struct inventory *inventory = inventory_of(system);

	/* The inventory must have no pointers into the system. */
	system_free(system);
	return inventory;
}

struct differences compared_trees(const char *before, const char *after)
{
	struct inventory *old = compared_inventory(before), *new = compared_inventory(after);
	struct differences all = differences_between(old, new, arena);
	const bool none[DIFFERENCE_KIND_COUNT] = {false};
	struct differences sorted = differences_without(&all, none, arena);
	struct difference *copies = arena_array(arena, sorted.count + 1, sizeof(*copies));

	for (size_t i = 0; i < sorted.count; i++) {
		copies[i] = sorted.items[i];
		copies[i].finding.subject = arena_strdup(arena, copies[i].finding.subject);
		copies[i].finding.message = arena_strdup(arena, copies[i].finding.message);
		copies[i].before = arena_strdup(arena, copies[i].before);
		copies[i].after = arena_strdup(arena, copies[i].after);
		copies[i].finding.devices = NULL;
	}
	sorted.items = copies;
	inventory_free(old);
	inventory_free(new);
	return sorted;
}

const char *compared_words(struct differences differences)
{
	const char *text = "";

	for (size_t i = 0; i < differences.count; i++) {
		const struct difference *difference = &differences.items[i];
		const char *subject = difference->finding.subject;

		text = arena_printf(arena, "%s%s%s %s %s", text, *text ? "; " : "",
				    severity_name(difference->finding.severity),
				    difference_kind_name(difference->kind),
				    subject ? subject : "machine");
	}
	return text;
}

const struct difference *compared_find(struct differences differences, enum difference_kind kind)
{
	for (size_t i = 0; i < differences.count; i++)
		if (differences.items[i].kind == kind)
			return &differences.items[i];
	fail_msg("no difference of kind %s", difference_kind_name(kind));
	return NULL;
}

void assert_differences(const char *before, const char *after, const char *wanted)
{
	assert_string_equal(compared_words(compared_trees(before, after)), wanted);
}

void assert_difference_says(const char *before, const char *after, enum difference_kind kind,
			    const char *wanted)
{
	assert_string_equal(compared_find(compared_trees(before, after), kind)->finding.message,
			    wanted);
}
