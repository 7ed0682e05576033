/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences of groups: number, members, type, IOMMUs, reserved regions. */
#include "checks/difference_parts.h"

#include "base/text.h"

#include <string.h>

enum {
	/* How many devices a sentence names; the others are counted. */
	NAMED_MAX = 8,
};

/* The two groups of a pair. */
struct group_pair {
	struct comparing *comparing;
	const struct inventory_group *old, *new;
	int old_index, new_index;
	const char *name;
};

const char *device_with_driver(const struct inventory_device *device, struct arena *arena)
{
	const char *driver = device->facts[DEVICE_FACT_DRIVER].text;

	return driver ? arena_printf(arena, "%s (%s)", device->name, driver) : device->name;
}

/* A list of devices for a sentence, while it is made. */
struct name_list {
	const char **names;
	size_t count;
	const char *text;
};

static void append_name(struct name_list *list, const struct inventory_device *device,
			struct arena *arena)
{
	list->names[list->count++] = device->name;
	if (list->count > NAMED_MAX)
		return;
	list->text = arena_concat(arena, list->text ? list->text : "", list->text ? ", " : "",
				  device_with_driver(device, arena));
}

static const char *list_sentence(const struct name_list *list, const char *verb,
				 struct arena *arena)
{
	if (!list->count)
		return NULL;
	if (list->count > NAMED_MAX)
		return arena_printf(arena, "%s and %zu more %s", list->text,
				    list->count - NAMED_MAX, verb);
	return arena_printf(arena, "%s %s", list->text, verb);
}

static struct name_list new_list(size_t most, struct arena *arena)
{
	return (struct name_list){.names = arena_array(arena, most + 1, sizeof(char *))};
}

static struct name_list members_joined(const struct group_pair *pair)
{
	const struct comparing *comparing = pair->comparing;
	struct name_list list = new_list(pair->new->member_count, comparing->arena);

	for (size_t i = 0; i < pair->new->member_count; i++) {
		size_t member = pair->new->members[i];
		int partner = comparing->pairing.new_devices[member];

		if (partner == NO_PARTNER ||
		    comparing->before->devices[partner].group != pair->old_index)
			append_name(&list, &comparing->after->devices[member], comparing->arena);
	}
	return list;
}

static struct name_list members_left(const struct group_pair *pair)
{
	const struct comparing *comparing = pair->comparing;
	struct name_list list = new_list(pair->old->member_count, comparing->arena);

	for (size_t i = 0; i < pair->old->member_count; i++) {
		size_t member = pair->old->members[i];
		int partner = comparing->pairing.old_devices[member];

		if (partner == NO_PARTNER ||
		    comparing->after->devices[partner].group != pair->new_index)
			append_name(&list, &comparing->before->devices[member], comparing->arena);
	}
	return list;
}

static const char *member_names(const struct inventory *inventory,
				const struct inventory_group *group, struct arena *arena)
{
	const char **names = arena_array(arena, group->member_count + 1, sizeof(*names));

	for (size_t i = 0; i < group->member_count; i++)
		names[i] = inventory->devices[group->members[i]].name;
	return inventory_list(arena, names, group->member_count);
}

static void name_members(struct difference *difference, const struct name_list *joined,
			 const struct name_list *left, struct arena *arena)
{
	size_t count = joined->count + left->count;
	const char **names = arena_array(arena, count + 1, sizeof(*names));

	memcpy(names, joined->names, joined->count * sizeof(*names));
	memcpy(names + joined->count, left->names, left->count * sizeof(*names));
	difference->finding.devices = names;
	difference->finding.device_count = count;
}

static void add_members(const struct group_pair *pair, const struct name_list *joined,
			const struct name_list *left)
{
	struct comparing *comparing = pair->comparing;
	struct arena *arena = comparing->arena;
	const char *came = list_sentence(joined, "joined it", arena);
	const char *went = list_sentence(left, "left it", arena);
	const char *message = came && went ? arena_concat(arena, came, "; ", went)
			      : came	   ? came
					   : went;
	struct difference *difference = difference_add(
		comparing, DIFFERENCE_MEMBERS, SEVERITY_WARNING, pair->name, false, message);

	difference_sides(difference, member_names(comparing->before, pair->old, arena),
			 member_names(comparing->after, pair->new, arena));
	name_members(difference, joined, left, arena);
	comparing->joined[pair->new_index] = list_sentence(joined, "joined its group", arena);
}

static void compare_member_lists(const struct group_pair *pair)
{
	bool told_again = pair->comparing->complete && !pair->new->members_unknown;
	struct name_list joined, left;

	/* A member that could not be read may be the one that seems to have joined or left. */
	if (!told_again && (pair->old->members_unknown || pair->new->members_unknown)) {
		pair->comparing->unknown[DIFFERENCE_MEMBERS]++;
		return;
	}
	joined = members_joined(pair);
	left = members_left(pair);
	if (joined.count || left.count)
		add_members(pair, &joined, &left);
}

static void compare_group_numbers(const struct group_pair *pair)
{
	struct arena *arena = pair->comparing->arena;
	struct difference *difference;

	if (pair->old->id == pair->new->id)
		return;
	difference =
		difference_add(pair->comparing, DIFFERENCE_RENUMBERED, SEVERITY_NOTE, pair->name,
			       false, arena_printf(arena, "was group %d", pair->old->id));
	difference_sides(difference, arena_printf(arena, "%d", pair->old->id),
			 arena_printf(arena, "%d", pair->new->id));
}

/* The kernel's words: "DMA" and "DMA-FQ" translate, "identity" lets all pass. */
static enum severity severity_of_type(const char *before, const char *after)
{
	bool passes = after && strcmp(after, "identity") == 0;
	bool translates = after && text_starts(after, "DMA");

	if (passes)
		return SEVERITY_ALARM;
	return translates || !before ? SEVERITY_NOTE : SEVERITY_WARNING;
}

static void compare_fact(const struct group_pair *pair, enum difference_kind kind,
			 enum group_fact fact, const char *noun)
{
	struct comparing *comparing = pair->comparing;
	struct fact_text before = pair->old->facts[fact], after = pair->new->facts[fact];
	const char *was = before.text ? before.text : "none",
		   *is = after.text ? after.text : "none";
	struct difference *difference;

	if (!facts_differ(comparing, kind, before, after))
		return;
	difference = difference_add(
		comparing, kind,
		kind == DIFFERENCE_TYPE ? severity_of_type(before.text, after.text)
					: SEVERITY_WARNING,
		pair->name, false,
		arena_printf(comparing->arena, "%s %s, and %s before", noun, is, was));
	difference_sides(difference, before.text, after.text);
}

/* Groups without a partner: their members tell it, unless all is to be told. */
static void add_single_group(struct comparing *comparing, const struct inventory *side,
			     const struct inventory_group *group, bool gone)
{
	const char *members = member_names(side, group, comparing->arena);
	const char *name = arena_printf(comparing->arena, "group %d", group->id);

	difference_sides(difference_add(comparing,
					gone ? DIFFERENCE_GROUP_GONE : DIFFERENCE_GROUP_CAME,
					SEVERITY_NOTE, name, false, gone ? "is gone" : "is new"),
			 gone ? members : NULL, gone ? NULL : members);
}

static void compare_facts_of_pair(const struct group_pair *pair)
{
	compare_fact(pair, DIFFERENCE_TYPE, GROUP_FACT_TYPE, "type");
	compare_fact(pair, DIFFERENCE_IOMMU, GROUP_FACT_IOMMUS, "IOMMU");
	compare_fact(pair, DIFFERENCE_REGIONS, GROUP_FACT_REGIONS, "reserved regions");
}

static void compare_group_at(struct comparing *comparing, size_t index)
{
	static const struct inventory_group nothing;
	int old = comparing->pairing.new_groups[index];
	struct group_pair pair = {
		.comparing = comparing,
		.old = old == NO_PARTNER ? &nothing : &comparing->before->groups[old],
		.new = &comparing->after->groups[index],
		.old_index = old,
		.new_index = (int)index,
	};

	pair.name = arena_printf(comparing->arena, "group %d", pair.new->id);
	if (old != NO_PARTNER) {
		compare_group_numbers(&pair);
		compare_member_lists(&pair);
	} else if (comparing->complete) {
		add_single_group(comparing, comparing->after, pair.new, false);
	}
	if (old != NO_PARTNER || comparing->complete)
		compare_facts_of_pair(&pair);
}

void compare_group_facts(struct comparing *comparing)
{
	comparing->joined = arena_array(comparing->arena, comparing->after->group_count + 1,
					sizeof(*comparing->joined));
	for (size_t i = 0; comparing->complete && i < comparing->before->group_count; i++)
		if (comparing->pairing.old_groups[i] == NO_PARTNER)
			add_single_group(comparing, comparing->before,
					 &comparing->before->groups[i], true);
	for (size_t i = 0; i < comparing->after->group_count; i++)
		compare_group_at(comparing, i);
}
