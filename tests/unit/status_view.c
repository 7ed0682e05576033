/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of "status" that are no columns: the reset, the log, and the commands to type. */
#include "views/status.h"

#include "model/build.h"
#include "support/check.h"
#include "support/said.h"

#include <string.h>

#define NAME "0000:01:00.0"
#define PATH "/sys/devices/pci0000:00/" NAME

static struct said said;

/* The lines about a device with these traits and uses; NULL where they were not read. */
static const char *device_lines(const struct traits *traits, const struct uses *uses)
{
	struct build *build = build_new();
	struct device *device = build_device(build, "pci", NAME, PATH);
	const struct system *system;

	device->traits = traits;
	device->uses = uses;
	system = build_seal(build, FACT_IDS);
	said_start();
	status_print_devices(system, system, (const bool[]){true});
	said_end(&said);
	system_free(system);
	return said.out;
}

/* The line about the reset of a device with these traits; "" for none. */
static const char *reset_line(const char *methods, enum answer can_reset)
{
	const struct traits traits = {.reset_methods = methods, .can_reset = can_reset};

	return device_lines(&traits, NULL);
}

static void the_reset_tells_how_far_it_reaches(void **state)
{
	assert_string_equal(reset_line("flr  bus", ANSWER_YES),
			    "reset:         flr (this function), bus (all devices on its bus)\n");
	assert_string_equal(
		reset_line("cxl_bus pm", ANSWER_YES),
		"reset:         cxl_bus (all devices on its bus), pm (this function)\n");
	assert_string_equal(reset_line(" ", ANSWER_YES), "reset:         none\n");
}

/* Before reset_method (Linux 5.15) there is only the file "reset", or none. */
static void without_methods_it_is_possible_impossible_or_unknown(void **state)
{
	assert_string_equal(reset_line(NULL, ANSWER_YES),
			    "reset:         possible; the kernel does not say how\n");
	assert_string_equal(reset_line(NULL, ANSWER_NO), "reset:         none\n");
	assert_string_equal(reset_line(NULL, ANSWER_UNKNOWN), "");
}

static void only_chosen_devices_have_lines(void **state)
{
	struct build *build = build_new();
	const struct system *system;

	build_device(build, "pci", NAME, PATH);
	system = build_seal(build, FACT_IDS);
	said_start();
	status_print_devices(system, NULL, (const bool[]){false});
	status_print_devices(system, NULL, (const bool[]){true});
	status_print_devices(system, system, (const bool[]){true});
	said_end(&said);
	assert_string_equal(said.out, "");
	system_free(system);
}

/* The lines about uses of a device that has these. */
static void each_use_is_a_line_with_its_evidence(void **state)
{
	static const struct use items[] = {
		{USE_MOUNT, "nvme0n1", "/srv", "/proc/1/mountinfo"},
		{USE_TOOL, NULL, "driverctl", NULL},
	};
	static const struct blindness blind[] = {
		{USE_SWAP, "/proc/swaps: busy"},
		{USE_OPEN, "/proc: denied"},
		{USE_CLAIM, "/proc/swaps: busy"},
	};

	assert_string_equal(device_lines(NULL, &(struct uses){.items = items, .count = 2}),
			    "used:          nvme0n1 is mounted on /srv (/proc/1/mountinfo)\n"
			    "used:          it is claimed by driverctl\n");
	assert_string_equal(device_lines(NULL, &(struct uses){.items = items,
							      .count = 1,
							      .blind = blind,
							      .blind_count = 3}),
			    "used:          nvme0n1 is mounted on /srv (/proc/1/mountinfo)\n"
			    "used:          there may be more: could not look (/proc/swaps: busy)\n"
			    "used:          there may be more: could not look (/proc: denied)\n");
	assert_string_equal(device_lines(NULL, &(struct uses){.blind = blind, .blind_count = 1}),
			    "used:          unknown: could not look (/proc/swaps: busy)\n");
	assert_string_equal(device_lines(NULL, &(struct uses){0}), "used:          no\n");
	assert_string_equal(device_lines(NULL, NULL), "");
}

static void many_uses_are_counted(void **state)
{
	struct use items[20];

	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i] = (struct use){USE_SWAP, "sda", "file", "/proc/swaps"};
	assert_non_null(strstr(device_lines(NULL, &(struct uses){.items = items, .count = 20}),
			       "used:          and 4 more\n"));
	assert_null(
		strstr(device_lines(NULL, &(struct uses){.items = items, .count = 16}), "and "));
}

static const char *commands_for(const char *now, const char *driver, bool taken_along,
				bool is_refused)
{
	struct device device = {.bus = "pci", .driver = now, .driver_known = true};
	const struct move moves[] = {{.device = &device}, {.taken_along = taken_along}};
	const struct handover handover = {.moves = moves, .move_count = ARRAY_SIZE(moves)};
	char *selectors[] = {(char *)NAME, (char *)"id:8086:*", NULL};

	said_start();
	status_print_commands(&device, selectors, driver, &handover, is_refused);
	said_end(&said);
	return said.out;
}

static void the_command_is_what_can_be_typed(void **state)
{
	assert_string_equal(commands_for("e1000e", "vfio-pci", false, false),
			    "To hand it over:\n  iommuctl rebind " NAME " 'id:8086:*' vfio-pci\n");
	assert_string_equal(commands_for("e1000e", "vfio-pci", true, true),
			    "To hand it over, once no check stands against it:\n"
			    "  iommuctl rebind --group " NAME " 'id:8086:*' vfio-pci\n");
	assert_string_equal(commands_for("vfio-pci", "vfio-pci", false, false),
			    "To take it back:\n  iommuctl restore " NAME " 'id:8086:*'\n");
	assert_string_equal(commands_for("x", NULL, false, false), "");
}

static void in_xen_s_control_domain_the_command_is_xen_s(void **state)
{
	struct device device = {.bus = "pci", .name = "0000:01:00.0", .driver = "e1000e"};
	const struct system system = {.machine.hypervisor = HYPERVISOR_XEN_DOM0};
	const struct handover handover = {.system = &system};
	char *selectors[] = {(char *)"eth0", NULL};

	said_start();
	status_print_commands(&device, selectors, "vfio-pci", &handover, true);
	said_end(&said);
	assert_string_equal(said.out, "To hand it to a guest of Xen:\n"
				      "  xl pci-assignable-add 0000:01:00.0\n");
	device.driver = "pciback";
	said_start();
	status_print_commands(&device, selectors, "vfio-pci", &handover, true);
	said_end(&said);
	assert_string_equal(said.out, "To take it back from Xen:\n"
				      "  xl pci-assignable-remove -r 0000:01:00.0\n");
}

UNIT(status_view)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reset_tells_how_far_it_reaches),
		cmocka_unit_test(without_methods_it_is_possible_impossible_or_unknown),
		cmocka_unit_test(only_chosen_devices_have_lines),
		cmocka_unit_test(each_use_is_a_line_with_its_evidence),
		cmocka_unit_test(many_uses_are_counted),
		cmocka_unit_test(the_command_is_what_can_be_typed),
		cmocka_unit_test(in_xen_s_control_domain_the_command_is_xen_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
