/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences of devices: those that came or went, and facts about those that both sides have. */
#include "checks/difference_parts.h"

#include "base/text.h"
#include "model/pci.h"

#include <string.h>

/* A device on both sides; @moved: in another place. */
struct device_pair {
	struct comparing *comparing;
	const struct inventory_device *old, *new;
	bool moved;
};

static bool fact_is(const struct inventory_device *device, enum device_fact fact, const char *word)
{
	const char *text = device->facts[fact].text;

	return text && strcmp(text, word) == 0;
}

/* Most devices outside PCI that have no group do no DMA: they are no news. */
static bool is_news(const struct inventory_device *device)
{
	return device->group >= 0 || bus_is_pci(device->bus) ||
	       fact_is(device, DEVICE_FACT_DMA, "lost") ||
	       fact_is(device, DEVICE_FACT_DMA, "shared_stream") ||
	       fact_is(device, DEVICE_FACT_STATE, "deferred") ||
	       fact_is(device, DEVICE_FACT_STATE, "waiting");
}

static bool is_to_tell(const struct comparing *comparing, const struct inventory_device *device)
{
	return comparing->complete || is_news(device);
}

static struct difference *add_changed(const struct device_pair *pair, enum difference_kind kind,
				      enum severity severity, const char *message)
{
	return difference_add(pair->comparing, kind, severity, pair->new->name, true, message);
}

static void compare_locations(const struct device_pair *pair)
{
	struct arena *arena = pair->comparing->arena;
	struct difference *difference = NULL;

	if (pair->moved) {
		difference = add_changed(pair, DIFFERENCE_MOVED, SEVERITY_NOTE,
					 arena_printf(arena, "is at %s, and was %s at %s",
						      pair->new->location, pair->old->name,
						      pair->old->location));
		difference_sides(difference, pair->old->location, pair->new->location);
	} else if (strcmp(pair->old->name, pair->new->name) != 0) {
		difference = add_changed(
			pair, DIFFERENCE_ADDRESS, SEVERITY_NOTE,
			arena_concat(arena, "was ", pair->old->name, " in the same place"));
		difference_sides(difference, pair->old->name, pair->new->name);
	}
}

/* Returns true for another device in the same place: its facts are not those of the old one. */
static bool compare_identity(const struct device_pair *pair)
{
	struct arena *arena = pair->comparing->arena;
	const char *old = pair->old->ids, *new = pair->new->ids;
	struct difference *difference;

	if (!old || !new || strcmp(old, new) == 0) {
		pair->comparing->unknown[DIFFERENCE_REPLACED] += !old != !new;
		return false;
	}
	difference =
		add_changed(pair, DIFFERENCE_REPLACED, SEVERITY_WARNING,
			    arena_printf(arena, "is another device: %s, and %s before", new, old));
	difference_sides(difference, old, new);
	return true;
}

static const char *group_name(const struct inventory *inventory,
			      const struct inventory_device *device, struct arena *arena)
{
	return device->group < 0 ? NULL
				 : arena_printf(arena, "%d", inventory->groups[device->group].id);
}

static void compare_presence_in_groups(const struct device_pair *pair)
{
	struct comparing *comparing = pair->comparing;
	bool had = pair->old->group >= 0, has = pair->new->group >= 0;
	const char *old = group_name(comparing->before, pair->old, comparing->arena);
	const char *new = group_name(comparing->after, pair->new, comparing->arena);
	struct difference *difference;

	if (had == has)
		return;
	if (pair->old->group_unknown || pair->new->group_unknown) {
		comparing->unknown[had ? DIFFERENCE_GROUP_LOST : DIFFERENCE_GROUP_GAINED]++;
		return;
	}
	difference = had ? add_changed(pair, DIFFERENCE_GROUP_LOST, SEVERITY_ALARM,
				       "is in no group any more")
			 : add_changed(pair, DIFFERENCE_GROUP_GAINED, SEVERITY_NOTE,
				       "is in a group now");
	difference_sides(difference, old, new);
}

static const char *driver_message(struct arena *arena, const char *before, const char *after)
{
	if (!before)
		return arena_printf(arena, "has driver %s, and had none", after);
	if (!after)
		return arena_printf(arena, "has no driver, and had %s", before);
	return arena_printf(arena, "has driver %s, and had %s", after, before);
}

static enum severity driver_severity(const char *before, const char *after)
{
	return before ? SEVERITY_WARNING : SEVERITY_NOTE;
}

static const char *override_message(struct arena *arena, const char *before, const char *after)
{
	if (!after)
		return arena_printf(arena, "has no driver_override, and had %s", before);
	return arena_printf(arena, "has driver_override %s, and %s before", after,
			    before ? before : "none");
}

static enum severity note_severity(const char *before, const char *after)
{
	return SEVERITY_NOTE;
}

static bool awaits(const char *state)
{
	return state && (strcmp(state, "deferred") == 0 || strcmp(state, "waiting") == 0);
}

/* Bound or unbound is told by the driver. */
static const char *state_message(struct arena *arena, const char *before, const char *after)
{
	if (!awaits(before) && !awaits(after))
		return NULL;
	return arena_printf(arena, "is %s, and was %s", after ? after : "?", before ? before : "?");
}

static enum severity state_severity(const char *before, const char *after)
{
	return awaits(after) ? SEVERITY_WARNING : SEVERITY_NOTE;
}

static bool is_guarded(const char *dma)
{
	return dma && (strcmp(dma, "translated") == 0 || strcmp(dma, "blocked") == 0);
}

static const char *dma_message(struct arena *arena, const char *before, const char *after)
{
	const char *start = strcmp(after, "idle") == 0 ? "does no DMA yet"
			    : is_guarded(after)	       ? "its DMA is translated or blocked now"
			    : is_guarded(before)       ? "its DMA is not translated any more"
						       : "its DMA meets something else";

	return arena_printf(arena, "%s: %s, and %s before", start, after, before ? before : "none");
}

/* A device that has no driver yet does no DMA. */
static enum severity dma_severity(const char *before, const char *after)
{
	bool lost = strcmp(after, "lost") == 0 || strcmp(after, "shared_stream") == 0;

	if (lost || (is_guarded(before) && !is_guarded(after) && strcmp(after, "idle") != 0))
		return SEVERITY_ALARM;
	return SEVERITY_NOTE;
}

static const char *streams_message(struct arena *arena, const char *before, const char *after)
{
	return arena_printf(arena, "has streams %s, and %s before", after ? after : "none",
			    before ? before : "none");
}

static enum severity warning_severity(const char *before, const char *after)
{
	return SEVERITY_WARNING;
}

/* A device that a VFIO driver took has no interface any more: the driver tells that. */
static const char *interfaces_message(struct arena *arena, const char *before, const char *after)
{
	if (!before || !after)
		return NULL;
	return arena_printf(arena, "its interface is %s, and %s before", after, before);
}

/* Facts whose difference needs no other fact. @message: NULL is no difference to tell */
static const struct {
	enum device_fact fact;
	enum difference_kind kind;
	const char *(*message)(struct arena *arena, const char *before, const char *after);
	enum severity (*severity)(const char *before, const char *after);
} simple_facts[] = {
	{DEVICE_FACT_DRIVER, DIFFERENCE_DRIVER, driver_message, driver_severity},
	{DEVICE_FACT_OVERRIDE, DIFFERENCE_OVERRIDE, override_message, note_severity},
	{DEVICE_FACT_STATE, DIFFERENCE_STATE, state_message, state_severity},
	{DEVICE_FACT_DMA, DIFFERENCE_DMA, dma_message, dma_severity},
	{DEVICE_FACT_STREAMS, DIFFERENCE_STREAMS, streams_message, warning_severity},
	{DEVICE_FACT_INTERFACES, DIFFERENCE_INTERFACES, interfaces_message, note_severity},
};

/* Requester IDs are addresses: with another address they differ, and that is told already. */
static bool repeats_address(const struct device_pair *pair, enum device_fact fact)
{
	return fact == DEVICE_FACT_STREAMS && !pair->comparing->complete &&
	       strcmp(pair->old->name, pair->new->name) != 0 &&
	       (pair->old->streams_by_address || pair->new->streams_by_address);
}

static void compare_simple_facts(const struct device_pair *pair)
{
	struct comparing *comparing = pair->comparing;

	for (size_t i = 0; i < ARRAY_SIZE(simple_facts); i++) {
		struct fact_text before = pair->old->facts[simple_facts[i].fact];
		struct fact_text after = pair->new->facts[simple_facts[i].fact];
		const char *message;

		if (repeats_address(pair, simple_facts[i].fact) ||
		    !facts_differ(comparing, simple_facts[i].kind, before, after))
			continue;
		message = simple_facts[i].message(comparing->arena, before.text, after.text);
		if (!message && comparing->complete)
			message = arena_printf(comparing->arena, "%s is %s now",
					       difference_kind_name(simple_facts[i].kind),
					       after.text ? after.text : "none");
		if (message)
			difference_sides(
				add_changed(pair, simple_facts[i].kind,
					    simple_facts[i].severity(before.text, after.text),
					    message),
				before.text, after.text);
	}
}

static bool can_go(const char *verdict)
{
	return strcmp(verdict, "alone") == 0 || strcmp(verdict, "with_others") == 0;
}

static const char *hand_over_message(const struct device_pair *pair, const char *before,
				     const char *after)
{
	struct arena *arena = pair->comparing->arena;
	const char *joined =
		pair->new->group < 0 ? NULL : pair->comparing->joined[pair->new->group];

	if (strcmp(after, "alone") == 0)
		return "can be handed over alone now";
	if (strcmp(after, "with_others") == 0 && strcmp(before, "alone") == 0)
		return joined ? arena_concat(arena, "can no longer be handed over alone: ", joined,
					     "")
			      : "can no longer be handed over alone";
	if (strcmp(after, "with_others") == 0)
		return "can be handed over with others now";
	if (strcmp(after, "given") == 0)
		return "is given, and a VFIO user can have it now";
	return arena_concat(arena,
			    strcmp(after, "unusable") == 0
				    ? "is given, and no VFIO user can have it: "
				    : "can no longer be handed over: ",
			    pair->new->why ? pair->new->why : "?", "");
}

/* That a VFIO driver has a device that could be handed over is told by the driver. */
static bool repeats_driver(const char *before, const char *after)
{
	return (can_go(before) && strcmp(after, "given") == 0) ||
	       (strcmp(before, "given") == 0 && can_go(after));
}

static bool is_worse(const char *before, const char *after)
{
	return strcmp(after, "no") == 0 || strcmp(after, "unusable") == 0 ||
	       strcmp(before, "alone") == 0;
}

/* A verdict is a word on both sides; a device that is new had none. */
static void compare_hand_over(const struct device_pair *pair)
{
	struct comparing *comparing = pair->comparing;
	const char *before = pair->old->facts[DEVICE_FACT_HAND_OVER].text;
	const char *after = pair->new->facts[DEVICE_FACT_HAND_OVER].text;
	struct difference *difference;

	if (!facts_differ(comparing, DIFFERENCE_HAND_OVER, pair->old->facts[DEVICE_FACT_HAND_OVER],
			  pair->new->facts[DEVICE_FACT_HAND_OVER]) ||
	    !after || (before && !comparing->complete && repeats_driver(before, after)))
		return;
	difference =
		add_changed(pair, DIFFERENCE_HAND_OVER,
			    before && is_worse(before, after) ? SEVERITY_WARNING : SEVERITY_NOTE,
			    before ? hand_over_message(pair, before, after)
				   : arena_concat(comparing->arena, "hand-over: ", after, ""));
	difference_sides(difference, before, after);
	if (pair->new->group >= 0 && comparing->joined[pair->new->group])
		difference->finding.cause = CODE_CHANGE_MEMBERS;
}

static void compare_pair(const struct device_pair *pair)
{
	if (!is_to_tell(pair->comparing, pair->old) && !is_to_tell(pair->comparing, pair->new))
		return;
	compare_locations(pair);
	if (compare_identity(pair) && !pair->comparing->complete)
		return;
	compare_presence_in_groups(pair);
	compare_simple_facts(pair);
	compare_hand_over(pair);
}

/* @other: the side that lacks the device */
static void add_single(struct comparing *comparing, const struct inventory_device *device,
		       const struct inventory *other, bool gone)
{
	enum difference_kind kind = gone ? DIFFERENCE_DEVICE_GONE : DIFFERENCE_DEVICE_CAME;
	struct arena *arena = comparing->arena;
	const char *what = device_with_driver(device, arena) + strlen(device->name);
	const char *ids = device->ids ? device->ids : "";
	struct difference *difference;

	if (!is_to_tell(comparing, device))
		return;
	if (other->presence_unknown) {
		comparing->unknown[kind]++;
		return;
	}
	difference = difference_add(comparing, kind, gone ? SEVERITY_WARNING : SEVERITY_NOTE,
				    device->name, true,
				    arena_printf(arena, "%s%s%s%s%s", gone ? "is gone" : "is new",
						 what, *ids ? " [" : "", ids, *ids ? "]" : ""));
	difference_sides(difference, gone ? device->name : NULL, gone ? NULL : device->name);
}

/* All facts of a device that is new, as if it had been there without any. */
static void add_facts_of_new(struct comparing *comparing, const struct inventory_device *device)
{
	const struct inventory_device nothing = {.name = device->name, .group = -1};
	const struct device_pair pair = {comparing, &nothing, device, false};

	if (!comparing->complete)
		return;
	compare_presence_in_groups(&pair);
	compare_simple_facts(&pair);
	compare_hand_over(&pair);
}

void compare_device_facts(struct comparing *comparing)
{
	const struct inventory *before = comparing->before, *after = comparing->after;

	for (size_t i = 0; i < before->device_count; i++)
		if (comparing->pairing.old_devices[i] == NO_PARTNER)
			add_single(comparing, &before->devices[i], after, true);
	for (size_t i = 0; i < after->device_count; i++) {
		int old = comparing->pairing.new_devices[i];

		if (old == NO_PARTNER) {
			add_single(comparing, &after->devices[i], before, false);
			add_facts_of_new(comparing, &after->devices[i]);
		} else {
			compare_pair(&(struct device_pair){comparing, &before->devices[old],
							   &after->devices[i],
							   comparing->pairing.moved[old]});
		}
	}
}
