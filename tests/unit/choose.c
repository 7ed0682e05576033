/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/choose.h"

#include "model/build.h"
#include "support/check.h"

#include <string.h>

static const char MACHINE[] =
	"group 1 type=DMA\n"
	"pci 0000:00:01.0 in pci0000:00 group=1 driver=pcieport id=8086:1C18 class=60400\n"
	"pci 0000:01:00.0 in pci0000:00/0000:00:01.0 group=1 driver=e1000e id=8086:10D3 "
	"class=20000\n"
	"pci 0000:01:00.1 in pci0000:00/0000:00:01.0 group=1 driver=vfio-pci id=8086:10D3 "
	"class=20000\n"
	"platform 0000:01:00.0 group=2 driver=odd\n"
	"group 2 type=DMA\n"
	"interface net eth0 of /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0\n";

static struct arena *arena;
static const struct system *machine;
static struct memory memory;
static struct error error;

static int start(void **state)
{
	arena = arena_new();
	machine = snapshot(MACHINE, FACT_IDS | FACT_INTERFACES);
	memory = (struct memory){.arena = arena};
	error = (struct error){0};
	return 0;
}

static int end(void **state)
{
	system_free(machine);
	arena_free(arena);
	return 0;
}

/* The labels that @selector chooses, or the word of the error. */
static const char *chosen(const char *selector, bool all_matching)
{
	char *selectors[] = {(char *)selector, NULL};
	struct request request = {
		.verb = "rebind", .selectors = selectors, .all_matching = all_matching};
	const char *labels = "";
	bool *named;

	if (choose_devices(&request, machine, &memory, arena, &named, &error) < 0)
		return error_code_name(error.code);
	for (size_t i = 0; i < machine->device_count; i++)
		if (named[i])
			labels = arena_concat(arena, labels, *labels ? " " : "",
					      machine->devices[i]->label);
	return labels;
}

static void a_name_means_one_device(void **state)
{
	assert_string_equal(chosen("0000:01:00.1", false), "0000:01:00.1");
	assert_string_equal(chosen("01:00.1", false), "0000:01:00.1");
	assert_string_equal(chosen("eth0", false), "pci:0000:01:00.0");
	assert_string_equal(chosen("/dev/eth0", false), "pci:0000:01:00.0");
}

static void a_name_on_two_buses_is_refused_with_the_list(void **state)
{
	assert_string_equal(chosen("0000:01:00.0", false), "usage");
	assert_non_null(strstr(error.message, "pci:0000:01:00.0, platform:0000:01:00.0"));
	assert_string_equal(chosen("platform:0000:01:00.0", false), "platform:0000:01:00.0");
}

static void a_group_means_its_movable_members(void **state)
{
	assert_string_equal(chosen("group:1", false), "pci:0000:01:00.0 0000:01:00.1");
}

static void what_can_mean_any_number_needs_to_be_allowed(void **state)
{
	assert_string_equal(chosen("id:8086:10d3", false), "usage");
	assert_string_equal(chosen("driver:vfio-pci", false), "usage");
	assert_string_equal(chosen("id:8086:10d3", true), "pci:0000:01:00.0 0000:01:00.1");
}

static void and_may_then_match_nothing(void **state)
{
	assert_string_equal(chosen("driver:nvme", true), "");
	assert_string_equal(chosen("driver:nvme", false), "no_match");
}

static void a_missing_device_is_no_match(void **state)
{
	assert_string_equal(chosen("0000:09:00.0", false), "no_match");
	assert_string_equal(chosen("group:7", false), "no_match");
	assert_string_equal(chosen("group:x", false), "usage");
}

static void a_name_that_a_taken_device_had_still_means_it(void **state)
{
	memory_put(&memory, &(struct target){
				    .label = "0000:01:00.1",
				    .bus = "pci",
				    .name = "0000:01:00.1",
				    .path = "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1",
				    .interfaces = "eth1",
			    });
	assert_string_equal(chosen("eth1", false), "0000:01:00.1");
	assert_string_equal(chosen("eth2", false), "no_match");
}

static void and_says_so_where_that_device_has_gone(void **state)
{
	memory_put(&memory, &(struct target){
				    .label = "0000:09:00.0",
				    .bus = "pci",
				    .name = "0000:09:00.0",
				    .path = "/sys/devices/pci0000:00/0000:09:00.0",
				    .interfaces = "eth9",
			    });
	assert_string_equal(chosen("eth9", false), "no_match");
	assert_non_null(strstr(error.message, "was 0000:09:00.0, which is gone"));
}

static void a_name_that_another_device_has_by_now_means_neither(void **state)
{
	memory_put(&memory, &(struct target){
				    .label = "0000:01:00.1",
				    .bus = "pci",
				    .name = "0000:01:00.1",
				    .path = "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1",
				    .interfaces = "eth0",
			    });
	assert_string_equal(chosen("eth0", false), "usage");
	assert_non_null(strstr(error.message, "means 2 devices"));
}

static void of_many_devices_of_a_name_eight_are_listed(void **state)
{
	static const char *const buses[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
	struct build *build = build_new();

	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		build_device(build, buses[i], "same",
			     arena_concat(arena, "/sys/devices/", buses[i], "/same"));
	system_free(machine);
	machine = build_seal(build, FACT_IDS);
	assert_string_equal(chosen("same", false), "usage");
	assert_non_null(strstr(error.message, "same means 10 devices: "));
	assert_non_null(strstr(error.message, ", …"));
}

UNIT(choose)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_name_means_one_device, start, end),
		cmocka_unit_test_setup_teardown(a_name_on_two_buses_is_refused_with_the_list, start,
						end),
		cmocka_unit_test_setup_teardown(of_many_devices_of_a_name_eight_are_listed, start,
						end),
		cmocka_unit_test_setup_teardown(a_group_means_its_movable_members, start, end),
		cmocka_unit_test_setup_teardown(what_can_mean_any_number_needs_to_be_allowed, start,
						end),
		cmocka_unit_test_setup_teardown(and_may_then_match_nothing, start, end),
		cmocka_unit_test_setup_teardown(a_missing_device_is_no_match, start, end),
		cmocka_unit_test_setup_teardown(a_name_that_a_taken_device_had_still_means_it,
						start, end),
		cmocka_unit_test_setup_teardown(and_says_so_where_that_device_has_gone, start, end),
		cmocka_unit_test_setup_teardown(a_name_that_another_device_has_by_now_means_neither,
						start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
