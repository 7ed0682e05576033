/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/differences.h"

#include "base/text.h"
#include "checks/difference_parts.h"

#include <string.h>

/* The row of each kind of the table. */
static const struct {
	const char *word, *help;
	enum finding_code code;
} kinds[] = {
#define ROW_OF_KIND(id, word, code, help) [DIFFERENCE_##id] = {word, help, CODE_##code},
	DIFFERENCE_KINDS(ROW_OF_KIND)
#undef ROW_OF_KIND
};

const char *difference_kind_name(enum difference_kind kind)
{
	return kinds[kind].word;
}

const char *difference_kind_help(enum difference_kind kind)
{
	return kinds[kind].help;
}

bool facts_differ(struct comparing *comparing, enum difference_kind kind, struct fact_text before,
		  struct fact_text after)
{
	/* A reader of the differences alone may know an older fact than the unknown one. */
	if (comparing->complete && before.unknown && !after.unknown)
		return true;
	if (before.unknown || after.unknown) {
		comparing->unknown[kind] += before.unknown != after.unknown;
		return false;
	}
	return !same_text(before.text, after.text);
}

struct difference *difference_add(struct comparing *comparing, enum difference_kind kind,
				  enum severity severity, const char *subject, bool is_device,
				  const char *message)
{
	struct difference *difference;
	const char **devices = arena_array(comparing->arena, 1, sizeof(*devices));

	comparing->items = arena_grow(comparing->arena, comparing->items, comparing->count,
				      &comparing->room, sizeof(*comparing->items));
	difference = &comparing->items[comparing->count++];
	*devices = subject;
	*difference = (struct difference){.kind = kind,
					  .finding = {.code = kinds[kind].code,
						      .severity = severity,
						      .subject = subject,
						      .message = message,
						      .devices = is_device ? devices : NULL,
						      .device_count = is_device}};
	return difference;
}

void difference_sides(struct difference *difference, const char *before, const char *after)
{
	difference->before = before;
	difference->after = after;
}

static void compare_machine_fact(struct comparing *comparing, enum machine_fact fact,
				 enum difference_kind kind, enum severity severity,
				 const char *noun)
{
	struct fact_text before = comparing->before->facts[fact];
	struct fact_text after = comparing->after->facts[fact];
	const char *message;

	if (!facts_differ(comparing, kind, before, after))
		return;
	message =
		arena_printf(comparing->arena, "%s %s, and %s before", noun,
			     after.text ? after.text : "none", before.text ? before.text : "none");
	difference_sides(difference_add(comparing, kind, severity, NULL, false, message),
			 before.text, after.text);
}

static const char *sum_of_table(const struct inventory *inventory, const char *name)
{
	for (size_t i = 0; i < inventory->table_count; i++)
		if (strcmp(inventory->tables[i].name, name) == 0)
			return inventory->tables[i].sum;
	return NULL;
}

static void compare_table(struct comparing *comparing, const char *name)
{
	bool before_unread = comparing->before->unread[AREA_FIRMWARE];
	bool after_unread = comparing->after->unread[AREA_FIRMWARE];
	const char *before = sum_of_table(comparing->before, name);
	const char *after = sum_of_table(comparing->after, name);
	struct fact_text old = {before, !before && before_unread};
	struct fact_text new = {after, !after && after_unread};
	const char *what = !before ? "is new" : !after ? "is gone" : "has other contents";

	if (facts_differ(comparing, DIFFERENCE_FIRMWARE, old, new))
		difference_sides(
			difference_add(comparing, DIFFERENCE_FIRMWARE, SEVERITY_NOTE, NULL, false,
				       arena_printf(comparing->arena, "the firmware table %s %s",
						    name, what)),
			before, after);
}

static void compare_tables(struct comparing *comparing)
{
	const struct inventory *before = comparing->before, *after = comparing->after;

	if (before->tables_unknown || after->tables_unknown) {
		comparing->unknown[DIFFERENCE_FIRMWARE] +=
			before->tables_unknown != after->tables_unknown;
		return;
	}
	for (size_t i = 0; i < before->table_count; i++)
		compare_table(comparing, before->tables[i].name);
	for (size_t i = 0; i < after->table_count; i++)
		if (!sum_of_table(before, after->tables[i].name))
			compare_table(comparing, after->tables[i].name);
}

static void compare_machine(struct comparing *comparing)
{
	const char *usage = comparing->after->facts[MACHINE_USAGE].text;
	bool used = usage && strcmp(usage, "enabled") == 0;

	compare_machine_fact(comparing, MACHINE_KERNEL, DIFFERENCE_KERNEL, SEVERITY_NOTE,
			     "the kernel is");
	compare_machine_fact(comparing, MACHINE_OPTIONS, DIFFERENCE_COMMAND_LINE, SEVERITY_NOTE,
			     "options on the command line are");
	compare_machine_fact(comparing, MACHINE_FIRMWARE, DIFFERENCE_FIRMWARE, SEVERITY_NOTE,
			     "firmware is");
	compare_tables(comparing);
	compare_machine_fact(comparing, MACHINE_USAGE, DIFFERENCE_USAGE,
			     used ? SEVERITY_NOTE : SEVERITY_ALARM,
			     "the kernel's use of IOMMUs is");
}

/* An IOMMU and its place, sorted by identity. */
static int compare_identities(const void *a, const void *b)
{
	const struct inventory_iommu *const *one = a, *const *other = b;

	return strcmp((*one)->identity, (*other)->identity);
}

static const struct inventory_iommu **sort_iommus(const struct inventory *inventory,
						  struct arena *arena)
{
	const struct inventory_iommu **sorted =
		arena_array(arena, inventory->iommu_count + 1, sizeof(*sorted));

	for (size_t i = 0; i < inventory->iommu_count; i++)
		sorted[i] = &inventory->iommus[i];
	if (inventory->iommu_count)
		qsort(sorted, inventory->iommu_count, sizeof(*sorted), compare_identities);
	return sorted;
}

/* An IOMMU that is not registered has firmware's name: the node finds it. */
static const struct inventory_iommu *find_iommu_by_node(const struct inventory *inventory,
							const char *node)
{
	for (size_t i = 0; node && i < inventory->iommu_count; i++)
		if (same_text(inventory->iommus[i].firmware_node, node))
			return &inventory->iommus[i];
	return NULL;
}

static const struct inventory_iommu *find_partner(const struct inventory_iommu *iommu,
						  const struct inventory *inventory,
						  const struct inventory_iommu **sorted)
{
	const struct inventory_iommu **found =
		inventory->iommu_count ? bsearch(&iommu, sorted, inventory->iommu_count,
						 sizeof(*sorted), compare_identities)
				       : NULL;

	return found ? *found : find_iommu_by_node(inventory, iommu->firmware_node);
}

static const char *iommu_subject(const struct inventory_iommu *iommu, struct arena *arena)
{
	return strcmp(iommu->name, iommu->identity) == 0
		       ? iommu->name
		       : arena_printf(arena, "%s (%s)", iommu->name, iommu->identity);
}

/* @other: the side that lacks it */
static void add_single_iommu(struct comparing *comparing, const struct inventory_iommu *iommu,
			     const struct inventory *other, bool gone)
{
	enum difference_kind kind = gone ? DIFFERENCE_IOMMU_GONE : DIFFERENCE_IOMMU_CAME;

	/* An IOMMU that is not registered is found in firmware alone. */
	if (other->unread[AREA_IOMMUS] || other->unread[AREA_FIRMWARE]) {
		comparing->unknown[kind]++;
		return;
	}
	difference_sides(difference_add(comparing, kind, gone ? SEVERITY_ALARM : SEVERITY_NOTE,
					iommu_subject(iommu, comparing->arena), false,
					gone ? "is gone" : "is new"),
			 gone ? iommu->identity : NULL, gone ? NULL : iommu->identity);
}

static void compare_iommu_states(struct comparing *comparing, const struct inventory_iommu *old,
				 const struct inventory_iommu *new)
{
	const char *is = new->state.text, *was = old->state.text;
	bool ready = is && strcmp(is, "ready") == 0;

	if (!facts_differ(comparing, DIFFERENCE_IOMMU_STATE, old->state, new->state))
		return;
	difference_sides(
		difference_add(comparing, DIFFERENCE_IOMMU_STATE,
			       ready ? SEVERITY_NOTE : SEVERITY_ALARM,
			       iommu_subject(new, comparing->arena), false,
			       arena_printf(comparing->arena, "is %s, and was %s", is, was)),
		was, is);
}

static void compare_iommus(struct comparing *comparing)
{
	const struct inventory *before = comparing->before, *after = comparing->after;
	const struct inventory_iommu **old = sort_iommus(before, comparing->arena);
	const struct inventory_iommu **new = sort_iommus(after, comparing->arena);

	for (size_t i = 0; i < before->iommu_count; i++)
		if (!find_partner(&before->iommus[i], after, new))
			add_single_iommu(comparing, &before->iommus[i], after, true);
	for (size_t i = 0; i < after->iommu_count; i++) {
		const struct inventory_iommu *partner =
			find_partner(&after->iommus[i], before, old);

		if (partner)
			compare_iommu_states(comparing, partner, &after->iommus[i]);
		else
			add_single_iommu(comparing, &after->iommus[i], before, false);
	}
}

/* The same in the order of kinds; differences of one kind keep their order. */
static struct difference *sort_by_kind(const struct comparing *comparing)
{
	struct difference *sorted =
		arena_array(comparing->arena, comparing->count + 1, sizeof(*sorted));
	size_t next[DIFFERENCE_KIND_COUNT + 1] = {0};

	for (size_t i = 0; i < comparing->count; i++)
		next[comparing->items[i].kind + 1]++;
	for (size_t i = 1; i <= DIFFERENCE_KIND_COUNT; i++)
		next[i] += next[i - 1];
	for (size_t i = 0; i < comparing->count; i++)
		sorted[next[comparing->items[i].kind]++] = comparing->items[i];
	return sorted;
}

static struct differences compare_inventories(const struct inventory *before,
					      const struct inventory *after, bool complete,
					      struct arena *arena)
{
	struct comparing comparing = {
		.before = before, .after = after, .complete = complete, .arena = arena};
	struct differences differences;

	pair_devices(&comparing);
	pair_groups(&comparing);
	compare_machine(&comparing);
	compare_iommus(&comparing);
	compare_group_facts(&comparing);
	compare_device_facts(&comparing);
	differences =
		(struct differences){.items = sort_by_kind(&comparing), .count = comparing.count};
	memcpy(differences.unknown, comparing.unknown, sizeof(differences.unknown));
	return differences;
}

struct differences differences_between(const struct inventory *before,
				       const struct inventory *after, struct arena *arena)
{
	return compare_inventories(before, after, false, arena);
}

struct differences differences_complete(const struct inventory *before,
					const struct inventory *after, struct arena *arena)
{
	return compare_inventories(before, after, true, arena);
}

/* Differences that may be the reason for others come first, then the worst. */
static unsigned report_rank(const struct difference *difference)
{
	if (difference->kind <= DIFFERENCE_FIRMWARE)
		return 0;
	return SEVERITY_COUNT - (unsigned)difference->finding.severity;
}

struct differences differences_without(const struct differences *differences,
				       const bool ignored[static DIFFERENCE_KIND_COUNT],
				       struct arena *arena)
{
	struct difference *kept = arena_array(arena, differences->count + 1, sizeof(*kept));
	struct differences rest = {.items = kept};

	for (unsigned rank = 0; rank <= SEVERITY_COUNT; rank++)
		for (size_t i = 0; i < differences->count; i++)
			if (report_rank(&differences->items[i]) == rank &&
			    !ignored[differences->items[i].kind])
				kept[rest.count++] = differences->items[i];
	for (size_t i = 0; i < DIFFERENCE_KIND_COUNT; i++)
		rest.unknown[i] = ignored[i] ? 0 : differences->unknown[i];
	return rest;
}
