/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each fact of a machine, a group and a device, changed alone between two inventories. */
#include "checks/differences.h"

#include "base/text.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

/*
 * A side of a comparison: a PCI device in group 1, and a device of another bus, which has no group.
 */
struct side {
	struct inventory inventory;
	struct inventory_device devices[2];
	struct inventory_group groups[1];
	struct inventory_iommu iommus[1];
	struct inventory_table tables[2];
};

static struct side before, after;

static void make_side(struct side *side)
{
	*side = (struct side){
		.inventory = {.device_count = 2, .group_count = 1, .iommu_count = 1},
		.devices =
			{
				{.name = "0000:01:00.0",
				 .bus = "pci",
				 .location = "pci0000:00/01.0/00.0",
				 .ids = "8086:10d3"},
				{.name = "serial",
				 .bus = "platform",
				 .location = "platform/serial",
				 .group = -1},
			},
		.groups = {{.id = 1, .fingerprint = "one"}},
		.iommus = {{.name = "dmar0", .identity = "dmar@1", .firmware_node = "node"}},
	};
	side->inventory.arena = arena;
	side->inventory.devices = side->devices;
	side->inventory.groups = side->groups;
	side->inventory.iommus = side->iommus;
	side->inventory.tables = side->tables;
}

static int sides_start(void **state)
{
	make_side(&before);
	make_side(&after);
	return 0;
}

static struct fact_text *fact(struct side *side, enum device_fact which)
{
	return &side->devices[0].facts[which];
}

/* Compare the sides; "severity kind subject: message; …" */
static const char *compared(bool complete, struct differences *ret_differences)
{
	struct side old = before, new = after;
	const char *text = "";

	old.inventory.devices = old.devices;
	old.inventory.groups = old.groups;
	new.inventory.devices = new.devices;
	new.inventory.groups = new.groups;
	inventory_finish(&old.inventory);
	inventory_finish(&new.inventory);
	*ret_differences = complete ? differences_complete(&old.inventory, &new.inventory, arena)
				    : differences_between(&old.inventory, &new.inventory, arena);
	for (size_t i = 0; i < ret_differences->count; i++) {
		const struct difference *difference = &ret_differences->items[i];

		text = arena_printf(arena, "%s%s%s %s %s: %s", text, *text ? "; " : "",
				    severity_name(difference->finding.severity),
				    difference_kind_name(difference->kind),
				    difference->finding.subject ? difference->finding.subject : "-",
				    difference->finding.message);
	}
	return text;
}

static void expect(const char *wanted)
{
	struct differences differences;

	assert_string_equal(compared(false, &differences), wanted);
}

static void expect_complete(const char *wanted)
{
	struct differences differences;

	assert_string_equal(compared(true, &differences), wanted);
}

/* No difference, and @count facts of that kind that only one side knows. */
static void expect_unknown(enum difference_kind kind, size_t count)
{
	struct differences differences;

	assert_string_equal(compared(false, &differences), "");
	for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++)
		assert_int_equal(differences.unknown[i], i == kind ? count : 0);
}

/* The words of one fact of the PCI device on both sides, and what they make. */
struct row {
	const char *was, *is, *expected;
};

static void expect_rows(enum device_fact which, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fact(&before, which)->text = rows[i].was;
		fact(&after, which)->text = rows[i].is;
		expect(rows[i].expected);
	}
}

static void equal_sides_have_no_difference(void **state)
{
	expect("");
	expect_complete("");
}

static void states_of_waiting_are_told(void **state)
{
#define STATE(severity, words) severity " state 0000:01:00.0: " words
	static const struct row rows[] = {
		{"unbound", "waiting", STATE("warning", "is waiting, and was unbound")},
		{"unbound", "deferred", STATE("warning", "is deferred, and was unbound")},
		{"deferred", "bound", STATE("note", "is bound, and was deferred")},
		{"waiting", NULL, STATE("note", "is ?, and was waiting")},
		{NULL, "waiting", STATE("warning", "is waiting, and was ?")},
		{"unbound", "bound", ""},
		{NULL, "bound", ""},
	};

	expect_rows(DEVICE_FACT_STATE, rows, ARRAY_SIZE(rows));
}

static void dma_that_is_no_longer_translated_is_an_alarm(void **state)
{
#define DMA(severity, words) severity " dma 0000:01:00.0: " words
	static const struct row rows[] = {
		{"translated", "direct",
		 DMA("alarm", "its DMA is not translated any more: direct, and translated before")},
		{"blocked", "identity",
		 DMA("alarm", "its DMA is not translated any more: identity, and blocked before")},
		{"translated", "blocked",
		 DMA("note",
		     "its DMA is translated or blocked now: blocked, and translated before")},
		{"translated", "idle", DMA("note", "does no DMA yet: idle, and translated before")},
		{"identity", "direct",
		 DMA("note", "its DMA meets something else: direct, and identity before")},
		{"idle", "lost",
		 DMA("alarm", "its DMA meets something else: lost, and idle before")},
		{NULL, "shared_stream",
		 DMA("alarm", "its DMA meets something else: shared_stream, and none before")},
		{NULL, "direct",
		 DMA("note", "its DMA meets something else: direct, and none before")},
	};

	expect_rows(DEVICE_FACT_DMA, rows, ARRAY_SIZE(rows));
}

static void streams_drivers_and_overrides_come_and_go(void **state)
{
	static const struct row streams[] = {
		{"0x1", NULL, "warning streams 0000:01:00.0: has streams none, and 0x1 before"},
		{NULL, "0x1", "warning streams 0000:01:00.0: has streams 0x1, and none before"}};
	static const struct row drivers[] = {
		{"a", "b", "warning driver 0000:01:00.0: has driver b, and had a"},
		{NULL, "b", "note driver 0000:01:00.0: has driver b, and had none"}};
	static const struct row overrides[] = {
		{"a", "b",
		 "note driver_override 0000:01:00.0: has driver_override b, and a before"},
		{NULL, "b",
		 "note driver_override 0000:01:00.0: has driver_override b, and none before"}};

	expect_rows(DEVICE_FACT_STREAMS, streams, ARRAY_SIZE(streams));
	sides_start(NULL);
	expect_rows(DEVICE_FACT_DRIVER, drivers, ARRAY_SIZE(drivers));
	sides_start(NULL);
	expect_rows(DEVICE_FACT_OVERRIDE, overrides, ARRAY_SIZE(overrides));
}

static void verdicts_are_told_where_the_driver_does_not_tell_them(void **state)
{
#define VERDICT(severity, words) severity " hand_over 0000:01:00.0: " words
	static const struct row rows[] = {
		{"alone", "with_others", VERDICT("warning", "can no longer be handed over alone")},
		{"no", "with_others", VERDICT("note", "can be handed over with others now")},
		{"with_others", "alone", VERDICT("note", "can be handed over alone now")},
		{"alone", "no", VERDICT("warning", "can no longer be handed over: the reason")},
		{"given", "unusable",
		 VERDICT("warning", "is given, and no VFIO user can have it: the reason")},
		{"no", "given", VERDICT("note", "is given, and a VFIO user can have it now")},
		{NULL, "alone", VERDICT("note", "hand-over: alone")},
		{"alone", "given", ""},
		{"given", "with_others", ""},
		{"alone", NULL, ""},
	};

	after.devices[0].why = "the reason";
	expect_rows(DEVICE_FACT_HAND_OVER, rows, ARRAY_SIZE(rows));
	fact(&before, DEVICE_FACT_HAND_OVER)->text = "alone";
	fact(&after, DEVICE_FACT_HAND_OVER)->text = "no";
	after.devices[0].why = NULL;
	after.devices[0].group = before.devices[0].group = -1;
	expect(VERDICT("warning", "can no longer be handed over: ?"));
}

static void a_group_that_could_not_be_read_is_neither_lost_nor_gained(void **state)
{
	after.devices[0].group = -1;
	after.devices[0].group_unknown = true;
	expect_unknown(DIFFERENCE_GROUP_LOST, 1);
	sides_start(NULL);
	before.inventory.group_count = 0;
	before.devices[0].group = -1;
	before.devices[0].group_unknown = true;
	expect_unknown(DIFFERENCE_GROUP_GAINED, 1);
}

/* Requester IDs have the address in them: that the address changed is told, and enough. */
static void streams_that_follow_the_address_are_told_once(void **state)
{
	static const char address[] =
		"note address 0000:01:00.0: was 0000:02:00.0 in the same place";

	before.devices[0].name = "0000:02:00.0";
	fact(&before, DEVICE_FACT_STREAMS)->text = "0x200";
	fact(&after, DEVICE_FACT_STREAMS)->text = "0x100";
	after.devices[0].streams_by_address = true;
	expect(address);
	after.devices[0].streams_by_address = false;
	before.devices[0].streams_by_address = true;
	expect(address);
	before.devices[0].streams_by_address = false;
	expect(arena_concat(arena, address,
			    "; warning streams 0000:01:00.0: has streams 0x100, and 0x200 before",
			    ""));
}

static void a_device_that_does_no_dma_is_news_only_where_all_is_told(void **state)
{
	fact(&before, DEVICE_FACT_DRIVER)->text = fact(&after, DEVICE_FACT_DRIVER)->text = "x";
	after.devices[1].facts[DEVICE_FACT_DRIVER].text = "y";
	expect("");
	expect_complete("note driver serial: has driver y, and had none");
	before.inventory.device_count = 1;
	expect("");
	expect_complete("note device_came serial: is new (y); "
			"note driver serial: has driver y, and had none");
	after.devices[1].facts[DEVICE_FACT_STATE].text = "waiting";
	expect("note device_came serial: is new (y)");
	after.devices[1].facts[DEVICE_FACT_STATE].text = "bound";
	expect("");
	after.devices[1].facts[DEVICE_FACT_DMA].text = "shared_stream";
	expect("note device_came serial: is new (y)");
}

/* A complete comparison has also the facts that follow from the driver. */
static void a_reader_of_the_differences_alone_gets_every_fact(void **state)
{
	fact(&before, DEVICE_FACT_INTERFACES)->text = "eth0";
	expect("");
	expect_complete("note interfaces 0000:01:00.0: interfaces is none now");
	fact(&before, DEVICE_FACT_INTERFACES)->text = NULL;
	fact(&after, DEVICE_FACT_INTERFACES)->text = "eth1";
	expect_complete("note interfaces 0000:01:00.0: interfaces is eth1 now");
	fact(&after, DEVICE_FACT_INTERFACES)->text = NULL;
	fact(&before, DEVICE_FACT_INTERFACES)->unknown = true;
	expect_unknown(DIFFERENCE_INTERFACES, 1);
	expect_complete("note interfaces 0000:01:00.0: interfaces is none now");
}

static void types_of_groups_are_judged_by_what_they_let_through(void **state)
{
	static const struct row rows[] = {
		{"DMA", "identity", "alarm type group 1: type identity, and DMA before"},
		{"identity", "DMA-FQ", "note type group 1: type DMA-FQ, and identity before"},
		{"DMA", "blocked", "warning type group 1: type blocked, and DMA before"},
		{"DMA", NULL, "warning type group 1: type none, and DMA before"},
		{NULL, "blocked", "note type group 1: type blocked, and none before"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		before.groups[0].facts[GROUP_FACT_TYPE].text = rows[i].was;
		after.groups[0].facts[GROUP_FACT_TYPE].text = rows[i].is;
		expect(rows[i].expected);
	}
}

static void members_are_not_compared_where_some_may_be_missing(void **state)
{
	after.groups[0].fingerprint = NULL;
	expect_unknown(DIFFERENCE_MEMBERS, 1);
	before.groups[0].fingerprint = NULL;
	after.groups[0].fingerprint = "one";
	expect_unknown(DIFFERENCE_MEMBERS, 1);
}

/* An IOMMU that is not registered has firmware's name, so its node finds it. */
static void an_iommu_is_found_by_its_node(void **state)
{
	after.iommus[0].identity = after.iommus[0].name = "node";
	expect("");
	before.iommus[0].state.text = "ready";
	after.iommus[0].state.text = "failed";
	expect("alarm iommu_state node: is failed, and was ready");
	after.iommus[0].firmware_node = "elsewhere";
	expect("alarm iommu_gone dmar0 (dmar@1): is gone; note iommu_came node: is new");
	after.iommus[0].firmware_node = NULL;
	expect("alarm iommu_gone dmar0 (dmar@1): is gone; note iommu_came node: is new");
}

static void an_iommu_is_gone_where_both_its_sources_were_read(void **state)
{
	after.inventory.iommu_count = 0;
	expect("alarm iommu_gone dmar0 (dmar@1): is gone");
	/* Streams, which rest on firmware too, are unknown on both sides then. */
	after.inventory.unread[AREA_FIRMWARE] = before.inventory.unread[AREA_FIRMWARE] = true;
	expect_unknown(DIFFERENCE_IOMMU_GONE, 1);
}

static void tables_come_change_and_go(void **state)
{
#define TABLE(words) "note firmware -: the firmware table " words
	before.tables[0] = (struct inventory_table){"DMAR", "1"};
	after.tables[0] = (struct inventory_table){"DMAR", "2"};
	after.tables[1] = (struct inventory_table){"VIOT", "3"};
	before.inventory.table_count = after.inventory.table_count = 1;
	expect(TABLE("DMAR has other contents"));
	after.inventory.table_count = 2;
	expect(TABLE("DMAR has other contents") "; " TABLE("VIOT is new"));
	after.inventory.table_count = 0;
	expect(TABLE("DMAR is gone"));
}

static void a_table_that_may_not_have_been_read_is_not_gone(void **state)
{
	before.tables[0] = (struct inventory_table){"DMAR", "1"};
	before.inventory.table_count = 1;
	after.inventory.unread[AREA_FIRMWARE] = before.inventory.unread[AREA_FIRMWARE] = true;
	expect_unknown(DIFFERENCE_FIRMWARE, 1);
	after.tables[0] = before.tables[0];
	after.inventory.table_count = 1;
	before.inventory.table_count = 0;
	expect_unknown(DIFFERENCE_FIRMWARE, 1);
	after.inventory.tables_unknown = true;
	expect_unknown(DIFFERENCE_FIRMWARE, 1);
	before.inventory.tables_unknown = true;
	expect_unknown(DIFFERENCE_FIRMWARE, 0);
	after.inventory.tables_unknown = false;
	expect_unknown(DIFFERENCE_FIRMWARE, 1);
}

UNIT(difference_facts)
{
#define WITH_SIDES(test) cmocka_unit_test_setup(test, sides_start)
	const struct CMUnitTest tests[] = {
		WITH_SIDES(equal_sides_have_no_difference),
		WITH_SIDES(states_of_waiting_are_told),
		WITH_SIDES(dma_that_is_no_longer_translated_is_an_alarm),
		WITH_SIDES(streams_drivers_and_overrides_come_and_go),
		WITH_SIDES(verdicts_are_told_where_the_driver_does_not_tell_them),
		WITH_SIDES(a_group_that_could_not_be_read_is_neither_lost_nor_gained),
		WITH_SIDES(streams_that_follow_the_address_are_told_once),
		WITH_SIDES(a_device_that_does_no_dma_is_news_only_where_all_is_told),
		WITH_SIDES(a_reader_of_the_differences_alone_gets_every_fact),
		WITH_SIDES(types_of_groups_are_judged_by_what_they_let_through),
		WITH_SIDES(members_are_not_compared_where_some_may_be_missing),
		WITH_SIDES(an_iommu_is_found_by_its_node),
		WITH_SIDES(an_iommu_is_gone_where_both_its_sources_were_read),
		WITH_SIDES(tables_come_change_and_go),
		WITH_SIDES(a_table_that_may_not_have_been_read_is_not_gone),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
