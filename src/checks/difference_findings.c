/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One finding for all devices or groups that differ in the same way. */
#include "base/text.h"
#include "checks/differences.h"

#include <string.h>

enum {
	/* How many groups or numbers a sentence has; the others are counted. */
	LISTED_MAX = 8,
};

/* Numbers and addresses: each has another sentence, and one about all is enough. */
static bool is_number(const struct difference *difference)
{
	return difference->kind == DIFFERENCE_RENUMBERED || difference->kind == DIFFERENCE_ADDRESS;
}

static bool is_about_group(const struct difference *difference)
{
	return difference->finding.subject && text_starts(difference->finding.subject, "group ");
}

/* A finding that names several devices is about more than its subject. */
static bool can_merge(const struct difference *difference)
{
	return difference->finding.subject && difference->kind != DIFFERENCE_MEMBERS &&
	       (difference->finding.device_count == 1 || is_about_group(difference));
}

static int compare_sentences(const void *a, const void *b)
{
	const struct difference *one = *(const struct difference *const *)a;
	const struct difference *other = *(const struct difference *const *)b;
	int order = (int)one->kind - (int)other->kind;

	if (!order)
		order = (int)one->finding.severity - (int)other->finding.severity;
	if (!order && !is_number(one))
		order = strcmp(one->finding.message, other->finding.message);
	return order ? order : (one > other) - (one < other);
}

static bool same_sentence(const struct difference *one, const struct difference *other)
{
	return one->kind == other->kind && one->finding.severity == other->finding.severity &&
	       (is_number(one) || strcmp(one->finding.message, other->finding.message) == 0);
}

/* "12 other numbers: group 0 was 1, group 1 was 2, … and 10 more" */
static const char *number_sentence(const struct difference *const *items, size_t count,
				   struct arena *arena)
{
	const char *text =
		arena_printf(arena, "%zu other %s: ", count,
			     (*items)->kind == DIFFERENCE_ADDRESS ? "addresses" : "numbers");

	for (size_t i = 0; i < count && i < LISTED_MAX; i++)
		text = arena_printf(arena, "%s%s%s was %s", text, i ? ", " : "",
				    items[i]->finding.subject, items[i]->before);
	return count > LISTED_MAX ? arena_printf(arena, "%s and %zu more", text, count - LISTED_MAX)
				  : text;
}

/* "groups 0, 1, 2 and 10 more: type DMA-FQ, and DMA before" */
static const char *group_sentence(const struct difference *const *items, size_t count,
				  struct arena *arena)
{
	const char *text = "groups ";

	for (size_t i = 0; i < count && i < LISTED_MAX; i++)
		text = arena_concat(arena, text, i ? ", " : "",
				    text_after(items[i]->finding.subject, "group "));
	if (count > LISTED_MAX)
		text = arena_printf(arena, "%s and %zu more", text, count - LISTED_MAX);
	return arena_concat(arena, text, ": ", (*items)->finding.message);
}

static void name_all(struct finding *finding, const struct difference *const *items, size_t count,
		     struct arena *arena)
{
	const char **devices = arena_array(arena, count, sizeof(*devices));

	for (size_t i = 0; i < count; i++)
		devices[i] = items[i]->finding.subject;
	finding->devices = devices;
	finding->device_count = count;
}

/* The finding of @count differences with one sentence, in their order. */
static struct finding merge_differences(const struct difference *const *items, size_t count,
					struct arena *arena)
{
	struct finding finding = (*items)->finding;

	if (count == 1)
		return finding;
	finding.subject = NULL;
	finding.devices = NULL;
	finding.device_count = 0;
	if (is_number(*items))
		finding.message = number_sentence(items, count, arena);
	else if (is_about_group(*items))
		finding.message = group_sentence(items, count, arena);
	else
		name_all(&finding, items, count, arena);
	return finding;
}

/* Merged findings stand where the first of their differences stood. */
static void merge_runs(const struct differences *differences, const struct difference **sorted,
		       size_t count, struct finding *places, bool *used, struct arena *arena)
{
	for (size_t i = 0, run; i < count; i += run) {
		size_t place = (size_t)(sorted[i] - differences->items);

		for (run = 1; i + run < count && same_sentence(sorted[i], sorted[i + run]);)
			run++;
		places[place] = merge_differences(sorted + i, run, arena);
		used[place] = true;
	}
}

struct findings differences_findings(const struct differences *differences, struct arena *arena)
{
	const struct difference **sorted =
		arena_array(arena, differences->count + 1, sizeof(*sorted));
	struct finding *places = arena_array(arena, differences->count + 1, sizeof(*places));
	bool *used = arena_array(arena, differences->count + 1, sizeof(*used));
	struct findings findings = {.items = places, .room = differences->count + 1};
	size_t count = 0;

	for (size_t i = 0; i < differences->count; i++) {
		used[i] = !can_merge(&differences->items[i]);
		if (used[i])
			places[i] = differences->items[i].finding;
		else
			sorted[count++] = &differences->items[i];
	}
	if (count)
		qsort(sorted, count, sizeof(*sorted), compare_sentences);
	merge_runs(differences, sorted, count, places, used, arena);
	for (size_t i = 0; i < differences->count; i++)
		if (used[i])
			findings.items[findings.count++] = places[i];
	return findings;
}
