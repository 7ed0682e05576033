/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last lines about a change, for devices and groups in each state. */
#include "model/build.h"
#include "support/check.h"
#include "support/said.h"
#include "views/result.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const struct target TARGET = {.label = "0000:01:00.0",
				     .bus = "pci",
				     .name = "0000:01:00.0",
				     .path = "/sys/devices/x",
				     .driver = "e1000e",
				     .group = 3};
static struct said said;

/* The text about one device that is as @moved says, in the system @after. */
static const char *text_of(struct moved moved, const struct system *after)
{
	const struct report report = {
		.after = after,
		.plan = {.targets = &TARGET, .target_count = 1},
		.moved = &moved,
	};

	said_start();
	result_print(&report, stdout);
	said_end(&said);
	return said.out;
}

static void a_group_may_be_new_other_none_or_unread(void **state)
{
	struct moved moved = {.driver_before = "e1000e",
			      .driver_after = "e1000e",
			      .group_before = 3,
			      .group_after = 3,
			      .state = LOOK_CLEAR,
			      .group_known = true};

	assert_string_equal(text_of(moved, NULL),
			    "0000:01:00.0 is bound to e1000e, as before; group 3\n");
	moved.group_before = -1;
	assert_non_null(strstr(text_of(moved, NULL), "; group 3, which is new\n"));
	moved.group_before = 4;
	assert_non_null(strstr(text_of(moved, NULL), "; group 3, before 4\n"));
	moved.group_after = -1;
	assert_non_null(strstr(text_of(moved, NULL), "; no group\n"));
	moved.group_known = false;
	assert_non_null(strstr(text_of(moved, NULL), "; its group could not be read\n"));
}

static void a_driver_may_come_go_or_change(void **state)
{
	struct moved moved = {.group_after = -1, .group_known = true, .state = LOOK_CLEAR};

	assert_non_null(strstr(text_of(moved, NULL), " has no driver, as before"));
	moved.driver_after = "nvme";
	assert_non_null(strstr(text_of(moved, NULL), " is bound to nvme (before: none)"));
	moved.driver_before = "e1000e";
	assert_non_null(strstr(text_of(moved, NULL), " is bound to nvme (before: e1000e)"));
	moved.driver_after = NULL;
	assert_non_null(strstr(text_of(moved, NULL), " has no driver (before: e1000e)"));
}

static void a_device_that_is_not_clear_has_its_own_words(void **state)
{
	struct moved moved = {.state = LOOK_GONE, .words = "0000:01:00.0 is gone\x1b[0m"};

	assert_string_equal(text_of(moved, NULL), "0000:01:00.0 is gone\\x1b[0m\n");
}

/* A group with a VFIO node, and a second member with that driver. */
static const struct system *system_with(const char *driver_of_sibling)
{
	struct build *build = build_new();
	struct group *group = build_group(build, 3);
	struct device *device = build_device(build, "pci", "0000:01:00.0", "/sys/devices/x");
	struct device *sibling = build_device(build, "pci", "0000:01:00.1", "/sys/devices/y");

	group->vfio_node = "/dev/vfio/3";
	device->group = sibling->group = group;
	device->driver = "vfio-pci";
	sibling->driver = driver_of_sibling;
	device->driver_known = sibling->driver_known = true;
	return build_seal(build, FACT_VFIO);
}

static void the_node_of_a_group_is_named_and_whether_it_can_be_opened(void **state)
{
	const struct moved moved = {.driver_after = "vfio-pci",
				    .group_before = 3,
				    .group_after = 3,
				    .state = LOOK_CLEAR,
				    .group_known = true};
	const struct system *viable = system_with("vfio-pci"), *blocked = system_with("nvme");

	assert_non_null(strstr(text_of(moved, viable), "; group 3, /dev/vfio/3\n"));
	assert_non_null(strstr(text_of(moved, blocked), "; group 3, /dev/vfio/3 is not viable\n"));
	system_free(viable);
	system_free(blocked);
}

static void changes_and_forgotten_devices_come_first(void **state)
{
	const struct change changes[] = {
		{.finding = {.code = CODE_UNKNOWN, .message = "group 3 is another"}},
		{.finding = {.code = CODE_UNKNOWN, .message = "group 9 has a new member"}},
	};
	const struct change forgotten = {
		.finding = {.code = CODE_UNKNOWN, .message = "x is forgotten"}};
	const struct report report = {
		.changes = {.items = (struct change *)changes, .count = 2},
		.forgotten = {.items = (struct change *)&forgotten, .count = 1},
	};
	const char *first, *second, *third;

	said_start();
	result_print(&report, stdout);
	said_end(&said);
	first = strstr(said.out, "group 3 is another\n");
	second = strstr(said.out, "group 9 has a new member\n");
	third = strstr(said.out, "x is forgotten\n");
	assert_true(first && second && third);
	assert_true(first < second && second < third);
}

static const char *qemu_of(const char *bus, const char *driver)
{
	struct target target = TARGET;
	const struct moved moved = {.driver_after = driver, .state = LOOK_CLEAR};
	const struct report report = {
		.plan = {.targets = &target, .target_count = 1},
		.moved = &moved,
	};

	target.bus = bus;
	said_start();
	result_print_launch(&report, LAUNCH_QEMU);
	said_end(&said);
	return said.out;
}

static void arguments_for_qemu_go_by_the_bus_and_the_driver(void **state)
{
	assert_string_equal(qemu_of("pci", "vfio-pci"), "-device vfio-pci,host=0000:01:00.0\n");
	assert_string_equal(qemu_of("platform", "vfio-platform"),
			    "-device vfio-platform,host=0000:01:00.0\n");
	assert_string_equal(qemu_of("pci", "e1000e"), "");
	assert_string_equal(qemu_of("pci", NULL), "");
}

/* "changed" and "launch" of the result of that outcome, as "CHANGED LAUNCH". */
static const char *result_of(enum outcome outcome, const char *driver)
{
	static char text[256];
	const struct moved moved = {.driver_after = driver, .state = LOOK_CLEAR};
	const struct report report = {
		.outcome = outcome,
		.plan = {.targets = &TARGET, .target_count = 1},
		.moved = &moved,
	};
	struct json_object *result = json_result(&report);
	struct json_object *changed = json_object_object_get(result, "changed");
	struct json_object *launch =
		json_object_object_get(json_object_object_get(result, "launch"), "qemu");

	snprintf(text, sizeof(text), "%s %s", changed ? json_object_get_string(changed) : "null",
		 launch ? json_object_to_json_string_ext(launch, JSON_C_TO_STRING_PLAIN) : "null");
	json_object_put(result);
	return text;
}

static void a_document_has_what_changed_and_what_to_launch(void **state)
{
	static const char launch[] = "[\"-device vfio-pci,host=0000:01:00.0\"]";
	char done[256], nothing[256];

	snprintf(done, sizeof(done), "true %s", launch);
	snprintf(nothing, sizeof(nothing), "false %s", launch);
	assert_string_equal(result_of(OUTCOME_DONE, "vfio-pci"), done);
	assert_string_equal(result_of(OUTCOME_NOTHING_TO_DO, "vfio-pci"), nothing);
	assert_string_equal(result_of(OUTCOME_DONE, "e1000e"), "true null");
	assert_string_equal(result_of(OUTCOME_DONE, NULL), "true null");
	assert_string_equal(result_of(OUTCOME_REFUSED, "vfio-pci"), "false null");
	assert_string_equal(result_of(OUTCOME_ROLLED_BACK, "vfio-pci"), "false null");
	assert_string_equal(result_of(OUTCOME_LOST, NULL), "true null");
	assert_string_equal(result_of(OUTCOME_UNFINISHED, "vfio-pci"), "null null");
}

UNIT(result_view)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_may_be_new_other_none_or_unread),
		cmocka_unit_test(a_driver_may_come_go_or_change),
		cmocka_unit_test(a_device_that_is_not_clear_has_its_own_words),
		cmocka_unit_test(the_node_of_a_group_is_named_and_whether_it_can_be_opened),
		cmocka_unit_test(changes_and_forgotten_devices_come_first),
		cmocka_unit_test(arguments_for_qemu_go_by_the_bus_and_the_driver),
		cmocka_unit_test(a_document_has_what_changed_and_what_to_launch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
