/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of a look lead from the facts before to the facts after: a machine whose devices come,
 * go, move and change at random, of which only some states are looked at, and a reader that has
 * nothing but the events.
 */
#include "checks/differences.h"

#include "base/text.h"
#include "model/build.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 10, GROUPS = 14, ENTRIES_MAX = 400, TEXT_SIZE = 256, NO_GROUP = -1 };

static const char *const drivers[] = {NULL, "e1000e", "nvme", "vfio-pci"};
static const char *const types[] = {"DMA", "DMA-FQ", "identity"};

/* A machine that changes. @group: NO_GROUP none     @bus: the number that the slot's bus has */
struct toy {
	bool present[SLOTS];
	int bus[SLOTS], group[SLOTS], driver[SLOTS], override[SLOTS], ids[SLOTS];
	int type[GROUPS];
	bool type_unread, driver_unread;
	unsigned seed;
};

static int roll(struct toy *toy, int most)
{
	return (int)((unsigned)rand_r(&toy->seed) % (unsigned)most);
}

static void swap_numbers(int *one, int *other)
{
	int kept = *one;

	*one = *other;
	*other = kept;
}

/* Two groups get the number of the other, as after a boot. */
static void swap_groups(struct toy *toy)
{
	int one = roll(toy, GROUPS), other = roll(toy, GROUPS);

	for (int i = 0; i < SLOTS; i++)
		if (toy->group[i] == one)
			toy->group[i] = other;
		else if (toy->group[i] == other)
			toy->group[i] = one;
	swap_numbers(&toy->type[one], &toy->type[other]);
}

static void change_toy(struct toy *toy)
{
	int slot = roll(toy, SLOTS), other = roll(toy, SLOTS);

	switch (roll(toy, 10)) {
	case 0:
		toy->present[slot] = !toy->present[slot];
		break;
	case 1:
		swap_numbers(&toy->bus[slot], &toy->bus[other]);
		break;
	case 2:
		toy->group[slot] = roll(toy, GROUPS + 1) - 1;
		break;
	case 3:
		swap_groups(toy);
		break;
	case 4:
		toy->type[roll(toy, GROUPS)] = roll(toy, (int)ARRAY_SIZE(types));
		break;
	case 5:
		toy->override[slot] = roll(toy, (int)ARRAY_SIZE(drivers));
		break;
	case 6:
		toy->ids[slot] = 0x1000 + roll(toy, 3);
		break;
	case 7:
		toy->type_unread = !toy->type_unread;
		break;
	case 8:
		toy->driver_unread = !toy->driver_unread;
		break;
	default:
		toy->driver[slot] = roll(toy, (int)ARRAY_SIZE(drivers));
		break;
	}
}

static struct group *toy_group(const struct toy *toy, struct build *build, int id)
{
	struct group *group = build_find_group(build, id);

	if (!group)
		group = build_group(build, id);
	group->type = toy->type_unread ? NULL : types[toy->type[id]];
	return group;
}

static void add_toy_device(const struct toy *toy, struct build *build, int slot)
{
	struct arena *arena = build_arena(build);
	const char *name = arena_printf(arena, "0000:%02x:00.0", (unsigned)toy->bus[slot]);
	struct device *device =
		build_device(build, "pci", name,
			     arena_printf(arena, "/sys/devices/pci0000:00/0000:00:%02x.0/%s",
					  (unsigned)slot, name));

	device->vendor_id = 0x8086;
	device->device_id = toy->ids[slot];
	device->driver_known = !toy->driver_unread;
	device->driver = device->driver_known ? drivers[toy->driver[slot]] : NULL;
	device->driver_override = drivers[toy->override[slot]];
	device->state = device->driver ? DEVICE_BOUND : DEVICE_UNBOUND;
	if (toy->group[slot] != NO_GROUP)
		device->group = toy_group(toy, build, toy->group[slot]);
}

static struct inventory *inventory_of_toy(const struct toy *toy)
{
	struct build *build = build_new();
	const struct system *system;
	struct inventory *inventory;

	for (int i = 0; i < SLOTS; i++)
		if (toy->present[i])
			add_toy_device(toy, build, i);
	system = build_seal(build, FACT_FINGERPRINT | FACT_IOMMUS);
	inventory = inventory_of(system);
	system_free(system);
	return inventory;
}

/* One fact that the reader knows, of a device or group. */
struct entry {
	char subject[32], kind[32], value[TEXT_SIZE];
};

struct reader {
	struct entry entries[ENTRIES_MAX];
	size_t count;
};

static struct entry *find_entry(struct reader *reader, const char *subject, const char *kind)
{
	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(reader->entries[i].subject, subject) == 0 &&
		    strcmp(reader->entries[i].kind, kind) == 0)
			return &reader->entries[i];
	return NULL;
}

static void learn_fact(struct reader *reader, const char *subject, const char *kind,
		       const char *value)
{
	struct entry *entry = find_entry(reader, subject, kind);

	if (!entry) {
		assert_true(reader->count < ENTRIES_MAX);
		entry = &reader->entries[reader->count++];
		snprintf(entry->subject, sizeof(entry->subject), "%s", subject);
		snprintf(entry->kind, sizeof(entry->kind), "%s", kind);
	}
	snprintf(entry->value, sizeof(entry->value), "%s", value ? value : "none");
}

static void forget_subject(struct reader *reader, const char *subject)
{
	size_t kept = 0;

	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(reader->entries[i].subject, subject) != 0)
			reader->entries[kept++] = reader->entries[i];
	reader->count = kept;
}

/* The new name by the events of one look; the same where they tell none. */
static const char *renamed(const struct differences *events, const char *name, char *out)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct difference *event = &events->items[i];

		if (event->kind == DIFFERENCE_RENUMBERED)
			snprintf(out, TEXT_SIZE, "group %s", event->before);
		else if (event->kind == DIFFERENCE_ADDRESS)
			snprintf(out, TEXT_SIZE, "%s", event->before);
		else
			continue;
		if (strcmp(out, name) == 0)
			return event->finding.subject;
	}
	return name;
}

static void rename_members(const struct differences *events, char *value)
{
	const char *names[SLOTS + 1];
	char copy[TEXT_SIZE], scratch[TEXT_SIZE], *rest = copy;
	size_t count = 0;
	_autoarena_ struct arena *arena = arena_new();

	snprintf(copy, sizeof(copy), "%s", value);
	for (char *name = strsep(&rest, ","); name; name = strsep(&rest, ","))
		names[count++] = arena_strdup(arena, renamed(events, name, scratch));
	snprintf(value, TEXT_SIZE, "%s", inventory_list(arena, names, count));
}

/* Names change all at once. */
static void rename_all(struct reader *reader, const struct differences *events)
{
	char scratch[TEXT_SIZE], name[TEXT_SIZE];

	for (size_t i = 0; i < reader->count; i++) {
		struct entry *entry = &reader->entries[i];

		snprintf(name, sizeof(name), "%s", renamed(events, entry->subject, scratch));
		snprintf(entry->subject, sizeof(entry->subject), "%.31s", name);
		if (strcmp(entry->kind, "members") == 0)
			rename_members(events, entry->value);
	}
}

static void learn_event(struct reader *reader, const struct difference *event)
{
	const char *subject = event->finding.subject;

	switch (event->kind) {
	case DIFFERENCE_DEVICE_GONE:
	case DIFFERENCE_GROUP_GONE:
	case DIFFERENCE_RENUMBERED:
	case DIFFERENCE_ADDRESS:
		break;
	case DIFFERENCE_DEVICE_CAME:
		learn_fact(reader, subject, "present", "yes");
		break;
	case DIFFERENCE_GROUP_CAME:
		learn_fact(reader, subject, "members", event->after);
		break;
	default:
		if (subject)
			learn_fact(reader, subject, difference_kind_name(event->kind),
				   event->after);
		break;
	}
}

static void learn_events(struct reader *reader, const struct differences *events)
{
	for (size_t i = 0; i < events->count; i++)
		if (events->items[i].kind == DIFFERENCE_DEVICE_GONE ||
		    events->items[i].kind == DIFFERENCE_GROUP_GONE)
			forget_subject(reader, events->items[i].finding.subject);
	rename_all(reader, events);
	for (size_t i = 0; i < events->count; i++)
		learn_event(reader, &events->items[i]);
}

/* A fact that cannot be read now is known from before, or not. */
static size_t assert_known(struct reader *reader, const char *subject, const char *kind,
			   struct fact_text fact)
{
	const struct entry *entry = find_entry(reader, subject, kind);
	const char *wanted = fact.text ? fact.text : "none";

	if (fact.unknown)
		return 0;
	if (strcmp(entry ? entry->value : "none", wanted) != 0)
		fail_msg("%s %s: %s, and the reader has %s", subject, kind, wanted,
			 entry ? entry->value : "nothing");
	return 1;
}

static size_t assert_devices(struct reader *reader, const struct inventory *inventory)
{
	size_t facts = 0;

	for (size_t i = 0; i < inventory->device_count; i++) {
		const struct inventory_device *device = &inventory->devices[i];

		facts += assert_known(reader, device->name, "present",
				      (struct fact_text){.text = "yes"});
		facts += assert_known(reader, device->name, "driver",
				      device->facts[DEVICE_FACT_DRIVER]);
		facts += assert_known(reader, device->name, "driver_override",
				      device->facts[DEVICE_FACT_OVERRIDE]);
		facts += assert_known(reader, device->name, "dma", device->facts[DEVICE_FACT_DMA]);
		facts += assert_known(reader, device->name, "hand_over",
				      device->facts[DEVICE_FACT_HAND_OVER]);
	}
	return facts;
}

static size_t assert_groups(struct reader *reader, const struct inventory *inventory)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t facts = 0;

	for (size_t i = 0; i < inventory->group_count; i++) {
		const struct inventory_group *group = &inventory->groups[i];
		const char *subject = arena_printf(arena, "group %d", group->id);
		const char **names = arena_array(arena, SLOTS, sizeof(*names));

		for (size_t j = 0; j < group->member_count; j++)
			names[j] = inventory->devices[group->members[j]].name;
		facts += assert_known(
			reader, subject, "members",
			(struct fact_text){
				.text = inventory_list(arena, names, group->member_count)});
		facts += assert_known(reader, subject, "type", group->facts[GROUP_FACT_TYPE]);
	}
	return facts;
}

static size_t count_kind(const struct reader *reader, const char *kind)
{
	size_t count = 0;

	for (size_t i = 0; i < reader->count; i++)
		count += strcmp(reader->entries[i].kind, kind) == 0;
	return count;
}

/* One look: the reader learns the events, and then knows what there is, and no more. */
static size_t check_one_look(struct reader *reader, const struct inventory *before,
			     const struct inventory *after)
{
	_autoarena_ struct arena *arena = arena_new();
	struct differences events = differences_complete(before, after, arena);
	size_t facts;

	learn_events(reader, &events);
	facts = assert_devices(reader, after) + assert_groups(reader, after);
	assert_int_equal(count_kind(reader, "present"), after->device_count);
	assert_int_equal(count_kind(reader, "members"), after->group_count);
	return facts;
}

static void start_toy(struct toy *toy, unsigned seed)
{
	*toy = (struct toy){.seed = seed};
	for (int i = 0; i < SLOTS; i++) {
		toy->present[i] = roll(toy, 2);
		toy->bus[i] = i + 1;
		toy->group[i] = roll(toy, GROUPS + 1) - 1;
		toy->ids[i] = 0x1000 + roll(toy, 3);
	}
}

/* @unseen: at most so many changes between two looks: the events of these were lost */
static size_t storm(unsigned seed, int unseen)
{
	_autofree_ struct reader *reader = calloc(1, sizeof(*reader));
	struct inventory *before = inventory_new();
	size_t facts = 0;
	struct toy toy;

	assert_non_null(reader);
	inventory_finish(before);
	start_toy(&toy, seed);
	for (int i = 0; i < 60; i++) {
		struct inventory *after = inventory_of_toy(&toy);

		facts += check_one_look(reader, before, after);
		inventory_free(before);
		before = after;
		for (int changes = 1 + roll(&toy, unseen); changes; changes--)
			change_toy(&toy);
	}
	inventory_free(before);
	return facts;
}

static void the_first_look_and_the_events_are_the_last_look(void **state)
{
	size_t facts = 0;

	for (unsigned seed = 1; seed <= 40; seed++)
		facts += storm(seed, 1);
	assert_true(facts > 20000);
}

static void lost_events_are_healed_by_the_next_look(void **state)
{
	size_t facts = 0;

	for (unsigned seed = 1; seed <= 40; seed++)
		facts += storm(seed, 30);
	assert_true(facts > 20000);
}

UNIT(events)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_look_and_the_events_are_the_last_look),
		cmocka_unit_test(lost_events_are_healed_by_the_next_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
