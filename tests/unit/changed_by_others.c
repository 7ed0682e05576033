/* SPDX-License-Identifier: GPL-2.0-or-later */
/* restore of a device that another tool has changed since iommuctl moved it. */
#include "checks/check_functions.h"
#include "support/scene.h"

#include <string.h>

/* The answer for a device that has @driver, and that iommuctl left with @left_driver and
 * @left_override. */
static const char *answer(const char *driver, const char *override, const char *left_driver,
			  const char *left_override, const char *words)
{
	const struct check *check;
	struct scene scene;
	const char *word;

	scene_start(&scene, driver, "e1000e");
	scene.device->driver_override = override;
	scene.moves[0].restored = true;
	scene.moves[0].left_known = true;
	scene.moves[0].left_driver = left_driver;
	scene.moves[0].left_override = left_override;
	scene_ask(&scene, check_changed_by_others);
	check = scene_find(&scene, CHECK_CHANGED_BY_OTHERS);
	word = answer_word(check);
	if (words)
		assert_non_null(strstr(check->finding.message, words));
	scene_end(&scene);
	return word;
}

static void a_device_that_is_as_it_was_left_passes(void **state)
{
	assert_string_equal(answer("vfio-pci", "vfio-pci", "vfio-pci", "vfio-pci", NULL), "pass");
	assert_string_equal(answer(NULL, NULL, NULL, NULL, NULL), "pass");
}

static void another_driver_or_override_refuses_and_both_are_named(void **state)
{
	assert_string_equal(
		answer("nvme", NULL, "vfio-pci", "vfio-pci",
		       "left it with the driver vfio-pci and the override vfio-pci, and "
		       "it has the driver nvme and no override"),
		"refuse");
	assert_string_equal(
		answer("vfio-pci", NULL, NULL, NULL, "left it with no driver and no override"),
		"refuse");
	assert_string_equal(answer(NULL, "none", NULL, "vfio-pci",
				   "and it has no driver and the override none"),
			    "refuse");
	assert_string_equal(answer(NULL, NULL, "vfio-pci", NULL, NULL), "refuse");
}

static void an_unread_driver_or_an_older_journal_is_unknown(void **state)
{
	struct scene scene;

	scene_start(&scene, NULL, "e1000e");
	scene.device->driver_known = false;
	scene.moves[0].restored = true;
	scene.moves[0].left_known = true;
	scene_ask(&scene, check_changed_by_others);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_CHANGED_BY_OTHERS)), "unknown");
	scene_end(&scene);
	scene_start(&scene, "vfio-pci", "e1000e");
	scene.moves[0].restored = true;
	scene_ask(&scene, check_changed_by_others);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_CHANGED_BY_OTHERS)),
			    "unknown warning");
	scene_end(&scene);
}

UNIT(changed_by_others)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_is_as_it_was_left_passes),
		cmocka_unit_test(another_driver_or_override_refuses_and_both_are_named),
		cmocka_unit_test(an_unread_driver_or_an_older_journal_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
