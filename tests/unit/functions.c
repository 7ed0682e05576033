/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks before a device gets another number of virtual functions. */
#include "checks/check_functions.h"
#include "model/sriov.h"
#include "support/scene.h"

#include <string.h>

#define FUNCTION "0000:01:10.0"

static struct scene scene;
static struct sriov sriov;
static struct virtual_function functions[2];

/* A card with one virtual function of seven that gets @wanted of them, with @driver. */
static void start_card(int wanted, const char *driver, const char *function_driver)
{
	struct device *function;

	scene_start(&scene, "igb", driver);
	sriov = (struct sriov){.total = 7, .count = 1, .autoprobe = ANSWER_YES};
	functions[0].path = "/sys/devices/pci0/" FUNCTION;
	sriov.functions = functions;
	sriov.function_count = 1;
	scene.device->sriov = &sriov;
	scene.handover.verb = "vfs";
	scene.handover.physical = scene.device;
	scene.handover.function_count = wanted;
	function = scene_sibling(&scene, FUNCTION, function_driver);
	function->class = 0x020000;
	scene_move(&scene, function, NULL);
	build_source(scene.build, "sriov", SOURCE_READ, NULL);
}

static int start(void **state)
{
	start_card(2, "vfio-pci", "igbvf");
	return 0;
}

static int end(void **state)
{
	scene_end(&scene);
	return 0;
}

static const struct check *answer_of(enum check_id id)
{
	scene_ask(&scene, NULL);
	return scene_find(&scene, id);
}

static void expect(enum check_id id, const char *answer, const char *words)
{
	const struct check *check = answer_of(id);

	assert_string_equal(answer_word(check), answer);
	if (words)
		assert_non_null(strstr(check->finding.message, words));
}

static void a_count_below_the_total_passes(void **state)
{
	expect(CHECK_SRIOV, "pass", "it can have 7 virtual functions, and has 1");
}

static void a_count_above_the_total_is_refused_for_good(void **state)
{
	scene.handover.function_count = 8;
	expect(CHECK_SRIOV, "final", "7 virtual functions at most");
}

static void a_device_without_the_capability_is_refused(void **state)
{
	scene.device->sriov = NULL;
	expect(CHECK_SRIOV, "final", "no SR-IOV capability");
}

static void a_virtual_function_is_none_itself(void **state)
{
	scene.device->sriov = NULL;
	scene.traits->physical_function = "/sys/devices/pci0/0000:02:00.0";
	expect(CHECK_SRIOV, "final", "it is a virtual function itself");
}

static void a_capability_that_was_not_read_is_unknown(void **state)
{
	scene_end(&scene);
	scene_start(&scene, "igb", NULL);
	scene.handover.physical = scene.device;
	assert_true(answer_of(CHECK_SRIOV)->unknown);
	assert_int_equal(scene_find(&scene, CHECK_SRIOV)->level, CHECK_REFUSE);
}

static void numbers_that_were_not_read_are_unknown(void **state)
{
	sriov.total = -1;
	assert_true(answer_of(CHECK_SRIOV)->unknown);
	scene_end(&scene);
	start(NULL);
	sriov.count = -1;
	assert_true(answer_of(CHECK_SRIOV)->unknown);
	assert_null(scene_find(&scene, CHECK_VF_NUMBERS));
}

static void a_function_that_is_no_device_of_the_snapshot_is_unknown(void **state)
{
	functions[0].path = "/sys/devices/pci0/0000:01:10.7";
	assert_true(answer_of(CHECK_SRIOV)->unknown);
}

static void only_a_driver_makes_them(void **state)
{
	scene.device->driver = NULL;
	scene.device->state = DEVICE_UNBOUND;
	scene_ask(&scene, check_sriov);
	assert_int_equal(scene.checks.count, 2);
	assert_non_null(strstr(scene.checks.items[1].finding.message, "only its driver makes"));
	assert_int_equal(scene.checks.items[1].level, CHECK_REFUSE);
}

static void a_driver_or_a_switch_that_was_not_read_is_unknown(void **state)
{
	scene.device->driver = NULL;
	scene.device->driver_known = false;
	sriov.autoprobe = ANSWER_UNKNOWN;
	scene_ask(&scene, check_sriov);
	assert_int_equal(scene.checks.count, 3);
	assert_true(scene.checks.items[1].unknown && scene.checks.items[2].unknown);
}

static void functions_that_are_made_again_may_have_other_numbers(void **state)
{
	expect(CHECK_VF_NUMBERS, "warning", "removed and made again");
}

static void functions_that_are_removed_are_announced(void **state)
{
	scene.handover.function_count = 0;
	expect(CHECK_VF_NUMBERS, "warning", "are removed, with their groups");
}

static void a_device_without_functions_loses_none(void **state)
{
	sriov.count = 0;
	sriov.function_count = 0;
	expect(CHECK_VF_NUMBERS, "pass", NULL);
}

static void the_uses_of_functions_are_asked_and_not_those_of_the_device(void **state)
{
	size_t of_function = 0;

	scene_ask(&scene, check_use);
	for (size_t i = 0; i < scene.checks.count; i++) {
		assert_ptr_not_equal(scene.checks.items[i].device, scene.device);
		of_function += scene.checks.items[i].device != NULL;
	}
	assert_true(of_function > 3);
}

static void a_function_without_a_driver_is_asked_less(void **state)
{
	scene_end(&scene);
	start_card(0, NULL, NULL);
	scene_ask(&scene, NULL);
	assert_null(scene_find(&scene, CHECK_NET_ADDRESS));
	assert_non_null(scene_find(&scene, CHECK_NODE_OPEN));
}

static void the_driver_of_new_functions_is_checked_if_there_are_any(void **state)
{
	assert_non_null(answer_of(CHECK_DRIVER));
	assert_non_null(scene_find(&scene, CHECK_INTERRUPTS));
	scene_end(&scene);
	start_card(0, "vfio-pci", "igbvf");
	assert_null(answer_of(CHECK_DRIVER));
	assert_null(scene_find(&scene, CHECK_INTERRUPTS));
}

static void other_moves_are_not_asked_about_functions(void **state)
{
	scene.handover.physical = NULL;
	assert_null(answer_of(CHECK_SRIOV));
	assert_null(scene_find(&scene, CHECK_VF_NUMBERS));
}

#define ON_CARD(test) cmocka_unit_test_setup_teardown(test, start, end)

UNIT(functions)
{
	const struct CMUnitTest tests[] = {
		ON_CARD(a_count_below_the_total_passes),
		ON_CARD(a_count_above_the_total_is_refused_for_good),
		ON_CARD(a_device_without_the_capability_is_refused),
		ON_CARD(a_virtual_function_is_none_itself),
		ON_CARD(a_capability_that_was_not_read_is_unknown),
		ON_CARD(numbers_that_were_not_read_are_unknown),
		ON_CARD(a_function_that_is_no_device_of_the_snapshot_is_unknown),
		ON_CARD(only_a_driver_makes_them),
		ON_CARD(a_driver_or_a_switch_that_was_not_read_is_unknown),
		ON_CARD(functions_that_are_made_again_may_have_other_numbers),
		ON_CARD(functions_that_are_removed_are_announced),
		ON_CARD(a_device_without_functions_loses_none),
		ON_CARD(the_uses_of_functions_are_asked_and_not_those_of_the_device),
		ON_CARD(a_function_without_a_driver_is_asked_less),
		ON_CARD(the_driver_of_new_functions_is_checked_if_there_are_any),
		ON_CARD(other_moves_are_not_asked_about_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
