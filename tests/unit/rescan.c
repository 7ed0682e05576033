/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The moves and the plan of a rescan. */
#include "actions/rescan.h"

#include "model/build.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define ROOT "/sys/devices/pci0000:00"

static struct build *build;
static const struct system *made;
static struct arena *arena;
static bool named[8];
static struct memory memory;

static int start(void **state)
{
	build = build_new();
	arena = arena_new();
	made = NULL;
	memory = (struct memory){.arena = arena};
	memset(named, 0, sizeof(named));
	return 0;
}

static int end(void **state)
{
	build_free(build);
	system_free(made);
	arena_free(arena);
	return 0;
}

static struct device *add(const char *bus, const char *path, const char *driver)
{
	struct device *device = build_device(build, bus, strrchr(path, '/') + 1, path);

	device->driver = driver;
	device->driver_known = true;
	device->state = driver ? DEVICE_BOUND : DEVICE_UNBOUND;
	device->vendor_id = 0x8086;
	device->device_id = 0x10d3;
	build_traits(build, device)->has_override = ANSWER_YES;
	return device;
}

/* The plan as "action LAST-PART-OF-FILE=VALUE" lines. */
static const char *plan_words(void)
{
	const struct request request = {.verb = "rescan"};
	struct handover handover;
	struct plan plan;
	const char *all = "";

	made = build_seal(build, 0);
	build = NULL;
	handover = rescan_moves(&request, made, &memory, named, arena);
	plan = rescan_plan(&handover, arena);
	for (size_t i = 0; i < plan.step_count; i++)
		all = arena_printf(arena, "%s%s %s=%s\n", all, action_name(plan.steps[i].action),
				   plan.steps[i].file, plan.steps[i].value);
	return all;
}

/* The member that the memory knows may be another one than that which is moved. */
static void a_move_knows_the_type_that_its_group_had_first(void **state)
{
	static const struct request request = {.verb = "rescan"};
	const struct group *group = build_group(build, 7);
	struct device *first, *second;
	struct handover handover;
	struct remembered known = {.bus = "pci",
				   .path = ROOT "/0000:01:00.1",
				   .vendor_id = 0x8086,
				   .device_id = 0x10d3,
				   .domain_type = "DMA"};

	first = add("pci", ROOT "/0000:01:00.0", "e1000e");
	second = add("pci", ROOT "/0000:01:00.1", "e1000e");
	first->group = second->group = group;
	add("pci", ROOT "/0000:02:00.0", "nvme");
	made = build_seal(build, 0);
	build = NULL;
	named[0] = named[2] = true;
	handover = rescan_moves(&request, made, &memory, named, arena);
	assert_null(handover.moves[0].first_type);
	memory.first = &known;
	handover = rescan_moves(&request, made, &memory, named, arena);
	assert_int_equal(handover.move_count, 2);
	assert_string_equal(handover.moves[0].first_type, "DMA");
	assert_null(handover.moves[1].first_type);
	known.vendor_id = 0x1234;
	handover = rescan_moves(&request, made, &memory, named, arena);
	assert_null(handover.moves[0].first_type);
}

static void a_device_is_removed_and_its_own_bus_is_searched(void **state)
{
	add("pci", ROOT "/0000:00:01.0/0000:01:00.0", "nvme");
	named[0] = true;
	assert_string_equal(plan_words(),
			    "remove " ROOT "/0000:00:01.0/0000:01:00.0/remove=1\n"
			    "rescan " ROOT "/0000:00:01.0/pci_bus/0000:01/rescan=1\n");
}

static void a_device_on_a_root_bus_is_found_by_that_bus(void **state)
{
	add("pci", "/sys/devices/platform/40000000.pcie/pci0000:00/0000:00:02.0", "nvme");
	named[0] = true;
	assert_string_equal(
		plan_words(),
		"remove /sys/devices/platform/40000000.pcie/pci0000:00/0000:00:02.0/remove=1\n"
		"rescan /sys/devices/platform/40000000.pcie/pci0000:00/pci_bus/0000:00/rescan=1\n");
}

static void a_bus_is_searched_once_for_all_its_devices(void **state)
{
	add("pci", ROOT "/0000:00:01.0/0000:01:00.0", "nvme");
	add("pci", ROOT "/0000:00:01.0/0000:01:00.1", "nvme");
	named[0] = named[1] = true;
	assert_string_equal(plan_words(),
			    "remove " ROOT "/0000:00:01.0/0000:01:00.0/remove=1\n"
			    "remove " ROOT "/0000:00:01.0/0000:01:00.1/remove=1\n"
			    "rescan " ROOT "/0000:00:01.0/pci_bus/0000:01/rescan=1\n");
}

/* Sorted by name: the port, the nic, the disk below it. */
static void devices_below_a_chosen_one_go_with_it_and_get_their_overrides(void **state)
{
	add("pci", ROOT "/0000:00:01.0", "pcieport");
	add("pci", ROOT "/0000:00:02.0", "e1000e");
	add("pci", ROOT "/0000:00:01.0/0000:01:00.0", "vfio-pci")->driver_override = "vfio-pci";
	add("pci", ROOT "/0000:00:01.0/0000:01:00.1", NULL)->driver_override = "none";
	add("pci", ROOT "/0000:00:01.0/0000:01:00.2", NULL)->state = DEVICE_DEFERRED;
	named[0] = named[2] = true;
	assert_string_equal(plan_words(),
			    "autoprobe /sys/bus/pci/drivers_autoprobe=0\n"
			    "remove " ROOT "/0000:00:01.0/remove=1\n"
			    "rescan " ROOT "/pci_bus/0000:00/rescan=1\n"
			    "override " ROOT "/0000:00:01.0/0000:01:00.0/driver_override=vfio-pci\n"
			    "override " ROOT "/0000:00:01.0/0000:01:00.1/driver_override=none\n"
			    "autoprobe /sys/bus/pci/drivers_autoprobe=1\n"
			    "probe /sys/bus/pci/drivers_probe=0000:00:01.0\n"
			    "probe /sys/bus/pci/drivers_probe=0000:01:00.0\n"
			    "probe /sys/bus/pci/drivers_probe=0000:01:00.2\n");
}

static void nothing_chosen_is_nothing_to_do(void **state)
{
	add("pci", ROOT "/0000:00:01.0", "pcieport");
	assert_string_equal(plan_words(), "");
}

static void devices_below_that_are_not_on_pci_are_no_targets(void **state)
{
	const struct request request = {.verb = "rescan"};
	struct handover handover;

	add("pci", ROOT "/0000:00:01.0", "virtio-pci");
	add("platform", ROOT "/0000:00:01.0/cell", NULL);
	named[0] = true;
	made = build_seal(build, 0);
	build = NULL;
	handover = rescan_moves(&request, made, &memory, named, arena);
	assert_int_equal(handover.move_count, 1);
	assert_true(handover.removes);
	assert_false(handover.moves[0].taken_along);
}

static void only_the_plan_of_that_verb_is_a_rescan(void **state)
{
	assert_true(plan_rescans(&(struct plan){.verb = "rescan"}));
	assert_false(plan_rescans(&(struct plan){.verb = "restore"}));
	assert_false(plan_rescans(&(struct plan){0}));
}

#define PLAN(test) cmocka_unit_test_setup_teardown(test, start, end)

UNIT(rescan)
{
	const struct CMUnitTest tests[] = {
		PLAN(a_move_knows_the_type_that_its_group_had_first),
		PLAN(a_device_is_removed_and_its_own_bus_is_searched),
		PLAN(a_device_on_a_root_bus_is_found_by_that_bus),
		PLAN(a_bus_is_searched_once_for_all_its_devices),
		PLAN(devices_below_a_chosen_one_go_with_it_and_get_their_overrides),
		cmocka_unit_test(only_the_plan_of_that_verb_is_a_rescan),
		PLAN(nothing_chosen_is_nothing_to_do),
		PLAN(devices_below_that_are_not_on_pci_are_no_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
