/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups that get another type, and the members that are released for it. */
#include "actions/domain.h"
#include "base/text.h"
#include "model/facts.h"
#include "support/arena.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* Group 1: a card of two functions below bridges of its own. Group 2: a disk. One device has no
 * group. */
static const char TREE[] =
	"group 1\n"
	"group 2\n"
	"pci 0000:00:01.0 in pci0000:00 group=1 id=8086:1901 class=60400 driver=pcieport\n"
	"pci 0000:00:02.0 in pci0000:00 group=1 id=8086:1901 class=60400 driver=pcieport\n"
	"pci 0000:01:00.0 in pci0000:00 group=1 id=8086:10d3 class=20000 driver=e1000e\n"
	"pci 0000:01:00.1 in pci0000:00 group=1 id=8086:10d3 class=20000\n"
	"pci 0000:02:00.0 in pci0000:00 group=2 id=144d:a808 class=10802 driver=nvme\n"
	"pci 0000:03:00.0 in pci0000:00 id=1b4b:9125 class=10601\n"
	"pci 0000:04:00.0 in pci0000:00 id=1b4b:9125 class=10601\n"
	"/proc/sys/kernel/osrelease = 6.12.117\n";

static const struct system *taken;
static struct arena *work;
static struct request request;
static struct memory memory;
static bool named[8];

static int start(void **state)
{
	work = arena_new();
	taken = snapshot(TREE, FACTS_CHEAP);
	request = (struct request){.verb = "domain", .domain_type = "identity"};
	memory = (struct memory){.arena = arena};
	memset(named, 0, sizeof(named));
	return 0;
}

static int end(void **state)
{
	system_free(taken);
	arena_free(work);
	return 0;
}

static void name(const char *label)
{
	named[find_device(taken, label)->index] = true;
}

/* "0000:01:00.0 identity; …": the member that each change is about and the type that it gets. */
static const char *changes_of(struct handover handover)
{
	const char *text = "";

	for (size_t i = 0; i < handover.domain_count; i++)
		text = arena_printf(work, "%s%s%s %s", text, i ? "; " : "",
				    handover.domains[i].device->label, handover.domains[i].type);
	return text;
}

static const char *released_by(struct handover handover)
{
	const char *text = "";

	for (size_t i = 0; i < handover.move_count; i++)
		if (handover.moves[i].released)
			text = arena_printf(work, "%s%s%s", text, *text ? " " : "",
					    handover.moves[i].device->label);
	return text;
}

static struct handover given(void)
{
	return domain_moves(&request, taken, named, work);
}

static void a_group_is_changed_once_and_its_users_are_released(void **state)
{
	name("0000:01:00.0");
	name("0000:01:00.1");
	assert_string_equal(changes_of(given()), "0000:01:00.0 identity");
	assert_string_equal(released_by(given()), "0000:01:00.0");
}

static void the_change_is_about_a_card_and_not_the_bridge_above(void **state)
{
	name("0000:00:01.0");
	name("0000:00:02.0");
	assert_string_equal(changes_of(given()), "0000:00:01.0 identity");
	name("0000:01:00.1");
	assert_string_equal(changes_of(given()), "0000:01:00.1 identity");
}

static void each_device_without_a_group_is_a_change_that_checks_refuse(void **state)
{
	name("0000:03:00.0");
	name("0000:04:00.0");
	assert_string_equal(changes_of(given()), "0000:03:00.0 identity; 0000:04:00.0 identity");
	assert_string_equal(released_by(given()), "");
}

static void a_group_with_that_type_is_left_alone(void **state)
{
	request.domain_type = "DMA";
	name("0000:02:00.0");
	assert_string_equal(changes_of(given()), "");
}

/* The checks refuse both: the moves must not say that nothing is released. */
static void what_is_unknown_of_a_member_releases_it(void **state)
{
	((struct device *)find_device(taken, "0000:02:00.0"))->driver_known = false;
	name("0000:02:00.0");
	assert_string_equal(released_by(given()), "0000:02:00.0");
	((struct group *)find_device(taken, "0000:02:00.0")->group)->type = NULL;
	assert_string_equal(released_by(given()), "");
}

/* Remember that the group of @path had that type. */
static void remember(const char *path, int vendor_id, int device_id, const char *type)
{
	struct remembered *known = arena_alloc(work, sizeof(*known));

	*known = (struct remembered){.next = memory.first,
				     .label = text_basename(path),
				     .bus = "pci",
				     .name = text_basename(path),
				     .path = path,
				     .vendor_id = vendor_id,
				     .device_id = device_id,
				     .domain_type = type,
				     .left_domain_type = "DMA"};
	memory.first = known;
}

static const char *restored(void)
{
	const struct handover handover = {.system = taken, .verb = "restore"};

	return changes_of(domain_restore(handover, &memory, named, work));
}

#define CARD "/sys/devices/pci0000:00/0000:01:00.0"
#define SIBLING "/sys/devices/pci0000:00/0000:01:00.1"

static void a_group_gets_its_type_back_by_any_member(void **state)
{
	remember(CARD, 0x8086, 0x10d3, "identity");
	remember(SIBLING, 0x8086, 0x10d3, "identity");
	assert_string_equal(restored(), "");
	name("0000:01:00.1");
	assert_string_equal(restored(), "0000:01:00.1 identity");
}

static void a_type_is_restored_for_the_remembered_device_alone(void **state)
{
	name("0000:01:00.0");
	name("0000:03:00.0");
	remember("/sys/devices/pci0000:00/0000:07:00.0", 0x8086, 0x10d3, "identity");
	remember(CARD, 0x8086, 0x1533, "identity");
	remember("/sys/devices/pci0000:00/0000:03:00.0", 0x1b4b, 0x9125, "identity");
	remember(SIBLING, 0x8086, 0x10d3, NULL);
	assert_string_equal(restored(), "");
	remember(CARD, 0x8086, 0x10d3, "DMA");
	assert_string_equal(restored(), "");
}

/* Each change, however it was found, is found again by its group and by its device. */
static void assert_all_found(struct handover handover)
{
	for (size_t i = 0; i < handover.domain_count; i++) {
		const struct domain_change *domain = &handover.domains[i];
		const struct move move = {.device = domain->device};

		assert_ptr_equal(handover_domain_of(&handover, &move), domain);
		if (domain->group)
			assert_ptr_equal(handover_domain(&handover, domain->group), domain);
	}
	assert_null(handover_domain(&handover, NULL));
}

static void changes_are_in_the_order_of_their_groups_and_all_are_found(void **state)
{
	const struct move sibling = {.device = find_device(taken, "0000:01:00.1")};
	struct handover handover;

	name("0000:04:00.0");
	name("0000:03:00.0");
	name("0000:02:00.0");
	name("0000:01:00.0");
	handover = given();
	assert_string_equal(changes_of(handover), "0000:03:00.0 identity; 0000:04:00.0 identity; "
						  "0000:01:00.0 identity; 0000:02:00.0 identity");
	assert_all_found(handover);
	assert_null(handover_domain_of(&handover, &sibling));
}

static void types_are_restored_in_the_order_of_the_groups(void **state)
{
	name("0000:01:00.0");
	name("0000:02:00.0");
	remember(CARD, 0x8086, 0x10d3, "identity");
	remember("/sys/devices/pci0000:00/0000:02:00.0", 0x144d, 0xa808, "DMA-FQ");
	assert_string_equal(restored(), "0000:01:00.0 identity; 0000:02:00.0 DMA-FQ");
}

#define ON_A_MACHINE(test) cmocka_unit_test_setup_teardown(test, start, end)

UNIT(domain_moves)
{
	const struct CMUnitTest tests[] = {
		ON_A_MACHINE(a_group_is_changed_once_and_its_users_are_released),
		ON_A_MACHINE(the_change_is_about_a_card_and_not_the_bridge_above),
		ON_A_MACHINE(each_device_without_a_group_is_a_change_that_checks_refuse),
		ON_A_MACHINE(a_group_with_that_type_is_left_alone),
		ON_A_MACHINE(what_is_unknown_of_a_member_releases_it),
		ON_A_MACHINE(a_group_gets_its_type_back_by_any_member),
		ON_A_MACHINE(a_type_is_restored_for_the_remembered_device_alone),
		ON_A_MACHINE(changes_are_in_the_order_of_their_groups_and_all_are_found),
		ON_A_MACHINE(types_are_restored_in_the_order_of_the_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
