/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams and functions of PCI devices before and after a change: two machines made by hand. */
#include "checks/stability_parts.h"
#include "model/build.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

#define CARD "/sys/devices/pci0/0000:01:00.0"

typedef void shape(struct build *build, struct device *card);

static struct device *add(struct build *build, const char *bus, const char *path, int group)
{
	struct device *device = build_device(build, bus, strrchr(path, '/') + 1, path);

	device->driver = "e1000e";
	device->driver_known = true;
	if (group >= 0) {
		struct group *there = build_find_group(build, group);

		if (!there)
			there = build_group(build, group);
		there->type = "DMA";
		device->group = there;
	}
	return device;
}

static const struct system *machine(shape *change)
{
	struct build *build = build_new();
	struct device *card = add(build, "pci", CARD, 1);

	build_iommu(build, "smmu")->identity = "0x9050000";
	if (change)
		change(build, card);
	return build_seal(build, FACT_FINGERPRINT | FACT_IOMMUS | FACT_STREAMS);
}

/* The kinds of all changes from one machine to the other, if the card is moved. */
static const char *changes_between(shape *before, shape *after)
{
	static const char *const moved[] = {CARD};
	const struct system *one = machine(before), *other = machine(after);
	struct changes changes = stability_compare(one, other, moved, 1, arena);
	const char *all = "";

	for (size_t i = 0; i < changes.count; i++)
		all = arena_printf(arena, "%s%s%s%s", all, *all ? " " : "",
				   change_kind_name(changes.items[i].kind),
				   changes.items[i].judged ? "!" : "");
	system_free(one);
	system_free(other);
	return all;
}

static struct stream *one_stream(struct build *build, struct device *card)
{
	struct stream *stream = build_stream(build, card);

	stream->id = 0x20;
	stream->iommu = build_find_iommu(build, "smmu");
	return stream;
}

static void usual(struct build *build, struct device *card)
{
	one_stream(build, card);
}

static void other_id(struct build *build, struct device *card)
{
	one_stream(build, card)->id = 0x21;
}

static void other_mask(struct build *build, struct device *card)
{
	one_stream(build, card)->mask = 0xf;
}

static void more_ids(struct build *build, struct device *card)
{
	one_stream(build, card)->count = 8;
}

static void other_kind(struct build *build, struct device *card)
{
	one_stream(build, card)->kind = STREAM_REQUESTER_ID;
}

static void two_streams(struct build *build, struct device *card)
{
	one_stream(build, card);
	one_stream(build, card)->id = 0x21;
}

static void at_another_iommu(struct build *build, struct device *card)
{
	struct iommu *other = build_iommu(build, "smmu2");

	other->identity = "0x9060000";
	one_stream(build, card)->iommu = other;
}

/* Before an IOMMU is registered its streams have the name of firmware alone. */
static void at_no_iommu(struct build *build, struct device *card)
{
	one_stream(build, card)->iommu = NULL;
}

static void a_stream_that_changes_is_a_change_of_the_device(void **state)
{
	static shape *const others[] = {other_id,   other_mask,	 more_ids,
					other_kind, two_streams, at_another_iommu};

	assert_string_equal(changes_between(usual, usual), "");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_non_null(strstr(changes_between(usual, others[i]), "streams!"));
}

static void an_iommu_that_is_not_registered_yet_is_not_another_one(void **state)
{
	assert_string_equal(changes_between(usual, at_no_iommu), "");
	assert_string_equal(changes_between(at_no_iommu, usual), "");
}

/* Without root there are no streams to compare. */
static void streams_that_were_not_read_are_no_change(void **state)
{
	assert_string_equal(changes_between(usual, NULL), "");
	assert_string_equal(changes_between(NULL, usual), "");
}

static void listed_while_others_wait(struct build *build, struct device *card)
{
	add(build, "regulator", "/sys/devices/regulator", -1)->adopted = true;
}

static void a_device_that_is_listed_while_others_wait_comes_and_goes(void **state)
{
	assert_string_equal(changes_between(listed_while_others_wait, NULL), "");
	assert_string_equal(changes_between(NULL, listed_while_others_wait), "");
}

static void function_of_the_driver(struct build *build, struct device *card)
{
	add(build, "auxiliary", CARD "/eth.0", -1);
}

static void a_function_that_the_driver_made_goes_with_it(void **state)
{
	assert_string_equal(changes_between(function_of_the_driver, NULL), "");
}

static void bystander(struct build *build, struct device *card)
{
	add(build, "pci", "/sys/devices/pci0/0000:09:00.0", 9);
}

static void a_bystander_that_comes_or_goes_is_reported(void **state)
{
	assert_non_null(strstr(changes_between(bystander, NULL), "device_gone"));
	assert_null(strstr(changes_between(bystander, NULL), "device_gone!"));
	assert_non_null(strstr(changes_between(NULL, bystander), "device_came"));
	assert_null(strstr(changes_between(NULL, bystander), "device_came!"));
}

/* Other functions of the slot and devices behind the same bridge may join; strangers may not. */
static bool joins(const char *device, const char *member)
{
	struct build *build = build_new();
	const struct system *system;
	bool rightly;

	add(build, "pci", device, 1);
	add(build, "pci", member, 1);
	system = build_seal(build, 0);
	rightly = device_joins_rightly(system_device(system, device), system->groups[0]);
	system_free(system);
	return rightly;
}

static void functions_of_a_slot_and_devices_behind_a_bridge_share_a_group(void **state)
{
	assert_true(joins(CARD, "/sys/devices/pci0/0000:01:00.1"));
	assert_true(joins(CARD "/0000:02:00.0", CARD));
	assert_false(joins(CARD, "/sys/devices/pci0/0000:02:00.0"));
	assert_false(joins(CARD, CARD "/0000:02:00.1"));
	assert_false(joins("/sys/devices/pci0/nodot", "/sys/devices/pci0/nodots"));
	assert_false(joins("/sys/devices/pci0.1/nodot", "/sys/devices/pci0.2/nodot"));
}

static void with_a_platform_device(struct build *build, struct device *card)
{
	add(build, "platform", CARD "/child", 1);
}

static void a_device_of_another_bus_does_not_join_by_its_place(void **state)
{
	_autosystem_ const struct system *system = machine(with_a_platform_device);

	assert_false(device_joins_rightly(system_device(system, CARD), system->groups[0]));
	assert_false(device_joins_rightly(system_device(system, CARD "/child"), system->groups[0]));
}

/* Three bystanders, the first in group 9. */
static void three_bystanders(struct build *build, int third_group, int fourth_group)
{
	add(build, "pci", "/sys/devices/pci0/0000:09:00.0", 9);
	add(build, "pci", "/sys/devices/pci0/0000:0a:00.0", third_group);
	add(build, "pci", "/sys/devices/pci0/0000:0b:00.0", fourth_group);
}

static void second_beside_first(struct build *build, struct device *card)
{
	three_bystanders(build, 9, 10);
}

static void third_beside_first(struct build *build, struct device *card)
{
	three_bystanders(build, 10, 9);
}

static void second_without_a_group(struct build *build, struct device *card)
{
	three_bystanders(build, -1, 10);
}

static void as_many_members_are_not_the_same_members(void **state)
{
	assert_string_equal(changes_between(second_beside_first, third_beside_first),
			    "members renumbered members");
	/* The one that joins is not moved, so that nothing predicts it. */
	assert_string_equal(changes_between(second_without_a_group, second_beside_first),
			    "members group_gained");
	assert_string_equal(changes_between(bystander, second_beside_first),
			    "members device_came device_came");
}

static void bystander_of_an_unread_type(struct build *build, struct device *card)
{
	bystander(build, card);
	build_find_group(build, 9)->type = NULL;
}

static void idle_bystander(struct build *build, struct device *card)
{
	bystander(build, card);
	build_device_at(build, 1)->driver = NULL;
}

static void a_bystander_is_reported_as_far_as_it_is_known(void **state)
{
	assert_string_equal(changes_between(bystander, bystander_of_an_unread_type), "");
	assert_string_equal(changes_between(idle_bystander, bystander), "driver");
	assert_string_equal(changes_between(bystander, idle_bystander), "driver");
}

static void adopted_with_a_group(struct build *build, struct device *card)
{
	add(build, "regulator", "/sys/devices/regulator", 9)->adopted = true;
}

static void a_listed_device_that_has_a_group_is_no_passing_one(void **state)
{
	assert_string_equal(changes_between(NULL, adopted_with_a_group), "device_came");
	assert_string_equal(changes_between(adopted_with_a_group, NULL), "group_gone device_gone");
}

/* Twenty members with long names are more than the sentence holds. */
static void crowd(struct build *build, struct device *card)
{
	for (int i = 0; i < 20; i++)
		add(build, "pci", arena_printf(build_arena(build), "/sys/devices/pci0/%050d", i),
		    1);
}

static void a_crowd_that_joins_or_leaves_is_one_change_of_members(void **state)
{
	assert_int_equal(strncmp(changes_between(crowd, NULL), "members! ", 9), 0);
	assert_int_equal(strncmp(changes_between(NULL, crowd), "members! ", 9), 0);
}

static void empty_machines_do_not_differ(void **state)
{
	_autosystem_ const struct system *one = build_seal(build_new(), 0);
	_autosystem_ const struct system *other = build_seal(build_new(), 0);

	assert_int_equal(stability_compare(one, other, NULL, 0, arena).count, 0);
}

UNIT(stability_streams)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_that_changes_is_a_change_of_the_device),
		cmocka_unit_test(an_iommu_that_is_not_registered_yet_is_not_another_one),
		cmocka_unit_test(streams_that_were_not_read_are_no_change),
		cmocka_unit_test(a_device_that_is_listed_while_others_wait_comes_and_goes),
		cmocka_unit_test(a_function_that_the_driver_made_goes_with_it),
		cmocka_unit_test(a_bystander_that_comes_or_goes_is_reported),
		cmocka_unit_test(functions_of_a_slot_and_devices_behind_a_bridge_share_a_group),
		cmocka_unit_test(a_device_of_another_bus_does_not_join_by_its_place),
		cmocka_unit_test(as_many_members_are_not_the_same_members),
		cmocka_unit_test(a_bystander_is_reported_as_far_as_it_is_known),
		cmocka_unit_test(a_listed_device_that_has_a_group_is_no_passing_one),
		cmocka_unit_test(a_crowd_that_joins_or_leaves_is_one_change_of_members),
		cmocka_unit_test(empty_machines_do_not_differ),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
