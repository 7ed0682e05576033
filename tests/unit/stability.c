/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two snapshots made by hand, and the changes between them. */
#include "checks/stability.h"
#include "model/build.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

/* A machine: two devices in a group each, "card" (which is moved) and "disk". */
struct shape {
	int card_group, disk_group, third_group; /* -1: none */
	const char *card_driver, *disk_driver, *third_driver;
	bool no_card, third, drivers_unread;
	const char *type, *disk_type, *vfio_node;
	bool no_type;
	int64_t card_stream, third_stream; /* 0: none */
	const char *base;		   /* of the IOMMU */
};

static struct device *add(struct build *build, const char *name, const char *path, int group,
			  const char *driver)
{
	struct device *device = build_device(build, "platform", name, path);

	device->driver = driver;
	device->driver_known = true;
	if (group >= 0) {
		device->group = build_find_group(build, group);
		if (!device->group)
			device->group = build_group(build, group);
		device->iommu = build_find_iommu(build, "smmu");
	}
	return device;
}

static void give_stream(struct build *build, struct device *device, int64_t id)
{
	struct stream *stream;

	if (!id)
		return;
	stream = build_stream(build, device);
	stream->id = id;
	stream->iommu = build_find_iommu(build, "smmu");
}

static void give_types(struct build *build, const struct shape *shape)
{
	struct group *card = build_find_group(build, shape->card_group);
	struct group *disk = build_find_group(build, shape->disk_group);

	if (card && !shape->no_type)
		card->type = shape->type ? shape->type : "DMA";
	if (disk && disk != card)
		disk->type = shape->disk_type ? shape->disk_type : "DMA";
	if (card)
		card->vfio_node = shape->vfio_node;
}

static const struct system *machine(const struct shape *shape)
{
	struct build *build = build_new();
	struct device *card = NULL, *third = NULL, *disk;

	build_iommu(build, "smmu")->identity = shape->base ? shape->base : "0x9050000";
	if (!shape->no_card)
		card = add(build, "card", "/sys/devices/card", shape->card_group,
			   shape->card_driver);
	disk = add(build, "disk", "/sys/devices/disk", shape->disk_group, shape->disk_driver);
	if (shape->drivers_unread) {
		disk->driver_known = false;
		disk->driver = NULL;
	}
	if (shape->third)
		third = add(build, "third", "/sys/devices/third", shape->third_group,
			    shape->third_driver);
	if (card)
		give_stream(build, card, shape->card_stream);
	if (third)
		give_stream(build, third, shape->third_stream);
	give_types(build, shape);
	return build_seal(build, FACT_FINGERPRINT | FACT_IOMMUS | FACT_STREAMS);
}

/* The machine with which most cases start. */
#define USUAL                                                                         \
	.card_group = 1, .disk_group = 2, .third_group = -1, .card_driver = "e1000e", \
	.disk_driver = "nvme"

static struct changes compare(struct shape before, struct shape after)
{
	static const char *const touched[] = {"/sys/devices/card"};
	const struct system *one = machine(&before), *other = machine(&after);
	struct changes changes = stability_compare(one, other, touched, 1, arena);

	/* The result must have no pointers into the systems. */
	system_free(one);
	system_free(other);
	return changes;
}

/* All changes, as "kind subject judged" or "kind subject", one after the other. */
static const char *told(struct shape before, struct shape after)
{
	struct changes changes = compare(before, after);
	const char *all = "";

	for (size_t i = 0; i < changes.count; i++) {
		const struct change *change = &changes.items[i];

		assert_true(strlen(change->finding.message) > 10);
		all = arena_printf(arena, "%s%s%s %s%s", all, *all ? "; " : "",
				   change_kind_name(change->kind), change->finding.subject,
				   change->judged ? " judged" : "");
	}
	return all;
}

static void a_moved_device_may_have_another_driver(void **state)
{
	assert_string_equal(told((struct shape){USUAL}, (struct shape){.card_group = 1,
								       .disk_group = 2,
								       .card_driver = "vfio-pci",
								       .disk_driver = "nvme"}),
			    "");
}

static void groups_are_matched_by_members_never_by_number(void **state)
{
	struct shape after = {USUAL};

	after.card_group = 2;
	after.disk_group = 1;
	assert_string_equal(told((struct shape){USUAL}, after),
			    "renumbered group 1 judged; renumbered group 2");
}

static void a_member_that_comes_breaks_the_promise(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	after.disk_group = 1;
	assert_string_equal(
		told(before, after),
		"members group 1 judged; renumbered group 2 judged; members group 2 judged");
}

static void a_member_that_leaves_breaks_the_promise(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	before.third = after.third = true;
	before.third_group = 1;
	after.third_group = 5;
	assert_string_equal(told(before, after), "members group 1 judged");
}

static void other_groups_are_reported_and_not_judged(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	before.third = after.third = true;
	before.third_group = 2;
	after.third_group = 5;
	after.disk_driver = "vfio-pci";
	assert_string_equal(told(before, after), "members group 2; driver disk");
}

static void the_driver_of_a_sibling_is_judged(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	before.disk_group = after.disk_group = 1;
	after.disk_driver = NULL;
	assert_string_equal(told(before, after), "driver disk judged");
}

static void a_siblings_driver_that_cannot_be_seen_any_more_counts_as_changed(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	after.drivers_unread = true;
	assert_string_equal(told(before, after), "");
	before.disk_group = after.disk_group = 1;
	assert_string_equal(told(before, after), "driver disk judged");
}

static void another_type_or_an_unreadable_one_is_judged(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	after.type = "identity";
	after.disk_type = "identity";
	assert_string_equal(told(before, after), "type group 1 judged; type group 2");
	after = before;
	after.no_type = true;
	assert_string_equal(told(before, after), "type group 1 judged");
	/* The type was unknown before: there is nothing to compare. */
	before.no_type = true;
	assert_string_equal(told(before, (struct shape){USUAL}), "");
}

static void another_iommu_is_another_group(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	after.base = "0xdead0000";
	assert_string_equal(told(before, after), "iommu group 1 judged; iommu group 2");
}

static void streams_are_compared_where_both_have_them(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	before.card_stream = 0x10;
	assert_string_equal(told(before, after), "");
	after.card_stream = 0x11;
	assert_string_equal(told(before, after), "streams card judged");
	after.card_stream = 0x10;
	assert_string_equal(told(before, after), "");
}

static void a_moved_device_without_a_group_may_gain_one(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	before.card_group = -1;
	assert_string_equal(told(before, after), "group_gained card");
}

static void it_may_join_the_group_that_its_stream_predicts_and_no_other(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	before.card_group = -1;
	before.third = after.third = true;
	before.third_group = after.third_group = 1;
	before.card_stream = after.card_stream = 0x10;
	before.third_stream = after.third_stream = 0x10;
	assert_string_equal(told(before, after), "group_gained card");
	before.third_stream = after.third_stream = 0x20;
	assert_string_equal(told(before, after), "members group 1 judged; group_gained card");
	before.card_stream = after.card_stream = 0;
	assert_string_equal(told(before, after), "members group 1 judged; group_gained card");
}

static void on_pci_it_may_join_the_bridge_above_it(void **state)
{
	static const char *const touched[] = {"/sys/devices/pci0/0000:00:01.0/0000:01:00.0"};
	static const struct {
		const char *path;
		bool right;
	} cases[] = {
		{"/sys/devices/pci0/0000:00:01.0", true},
		{"/sys/devices/pci0/0000:00:01.0/0000:01:00.1", true},
		{"/sys/devices/pci0/0000:00:01.0/0000:01:01.0", false},
		{"/sys/devices/pci0/0000:00:01.00", false},
		{"/sys/devices/pci0/0000:00:02.0", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct system *sides[2];
		struct changes changes;

		for (int later = 0; later < 2; later++) {
			struct build *build = build_new();
			struct device *card = build_device(build, "pci", "card", touched[0]);

			build_device(build, "pci", "other", cases[i].path)->group =
				build_group(build, 3);
			card->group = later ? build_find_group(build, 3) : NULL;
			sides[later] = build_seal(build, 0);
		}
		changes = stability_compare(sides[0], sides[1], touched, 1, arena);
		assert_int_equal(!changes_judged(&changes), cases[i].right);
		system_free(sides[0]);
		system_free(sides[1]);
	}
}

static void a_group_that_is_gone_is_judged_unless_vfio_had_made_it(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	after.card_group = -1;
	assert_string_equal(told(before, after), "group_gone group 1 judged");
	before.vfio_node = "/dev/vfio/noiommu-1";
	assert_string_equal(told(before, after), "group_gone group 1");
}

static void devices_that_come_and_go_are_reported(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};

	after.third = true;
	assert_string_equal(told(before, after), "device_came third");
	assert_string_equal(told(after, before), "device_gone third");
	after = before;
	after.no_card = true;
	assert_string_equal(told(before, after),
			    "group_gone group 1 judged; device_gone card judged");
}

/* A moved parent, and a device in its folder: the change of the latter. */
static const char *told_below(const char *bus, bool grouped, const char *driver_after, bool gone)
{
	static const char *const touched[] = {"/sys/devices/host"};
	const struct system *sides[2];
	struct changes changes;
	const char *all = "";

	for (int later = 0; later < 2; later++) {
		struct build *build = build_new();
		struct device *child;

		build_device(build, "platform", "host", "/sys/devices/host")->driver_known = true;
		build_device(build, "platform", "hosts", "/sys/devices/hosts/x")->driver_known =
			true;
		if (!later || !gone) {
			child = build_device(build, bus, "child", "/sys/devices/host/bus/child");
			child->driver = later ? driver_after : "nvme";
			child->driver_known = true;
			child->group = grouped ? build_group(build, 4) : NULL;
		}
		sides[later] = build_seal(build, 0);
	}
	changes = stability_compare(sides[0], sides[1], touched, 1, arena);
	for (size_t i = 0; i < changes.count; i++)
		all = arena_printf(arena, "%s%s%s ", all, change_kind_name(changes.items[i].kind),
				   changes.items[i].judged ? "!" : "");
	system_free(sides[0]);
	system_free(sides[1]);
	return all;
}

static void devices_below_a_moved_one_are_the_moves_own(void **state)
{
	assert_string_equal(told_below("pci", true, "nvme", false), "");
	assert_string_equal(told_below("pci", true, NULL, false), "driver! ");
	assert_string_equal(told_below("pci", true, NULL, true), "group_gone! device_gone! ");
	assert_string_equal(told_below("pci", false, NULL, true), "device_gone! ");
	assert_string_equal(told_below("fsl-mc", true, NULL, true), "group_gone! device_gone! ");
	/*
	 * A function that the moved device's driver made is removed with it, and that is no change.
	 */
	assert_string_equal(told_below("platform", false, NULL, true), "");
	assert_string_equal(told_below("platform", false, NULL, false), "");
}

static void the_first_judged_change_is_the_verdict(void **state)
{
	struct shape before = {USUAL}, after = {USUAL};
	struct changes changes;

	after.disk_type = "identity";
	changes = compare(before, after);
	assert_int_equal(changes.count, 1);
	assert_null(changes_judged(&changes));
	after.disk_group = 1;
	changes = compare(before, after);
	assert_int_equal(changes_judged(&changes)->kind, CHANGE_MEMBERS);
	assert_non_null(strstr(changes_judged(&changes)->finding.message, "disk joined it"));
}

UNIT(stability)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moved_device_may_have_another_driver),
		cmocka_unit_test(groups_are_matched_by_members_never_by_number),
		cmocka_unit_test(a_member_that_comes_breaks_the_promise),
		cmocka_unit_test(a_member_that_leaves_breaks_the_promise),
		cmocka_unit_test(other_groups_are_reported_and_not_judged),
		cmocka_unit_test(the_driver_of_a_sibling_is_judged),
		cmocka_unit_test(a_siblings_driver_that_cannot_be_seen_any_more_counts_as_changed),
		cmocka_unit_test(another_type_or_an_unreadable_one_is_judged),
		cmocka_unit_test(another_iommu_is_another_group),
		cmocka_unit_test(streams_are_compared_where_both_have_them),
		cmocka_unit_test(a_moved_device_without_a_group_may_gain_one),
		cmocka_unit_test(it_may_join_the_group_that_its_stream_predicts_and_no_other),
		cmocka_unit_test(on_pci_it_may_join_the_bridge_above_it),
		cmocka_unit_test(a_group_that_is_gone_is_judged_unless_vfio_had_made_it),
		cmocka_unit_test(devices_that_come_and_go_are_reported),
		cmocka_unit_test(devices_below_a_moved_one_are_the_moves_own),
		cmocka_unit_test(the_first_judged_change_is_the_verdict),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
