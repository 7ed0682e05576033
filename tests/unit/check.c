/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All checks together: which run for which move, in which order, and which answer counts. */
#include "checks/check.h"
#include "support/scene.h"

#include <string.h>

static void every_check_has_a_word_of_its_own(void **state)
{
	for (unsigned i = 0; i < CHECK_ID_COUNT; i++) {
		const char *name = check_kinds[i].name;

		assert_non_null(name);
		assert_non_null(check_kinds[i].help);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		assert_int_equal(check_find(name, strlen(name)), i);
	}
	assert_string_equal(code_kinds[CODE_CHECK_MOUNTED].word, "mounted");
	assert_int_equal(check_find("mount", 5), CHECK_ID_COUNT);
	assert_int_equal(check_find("mounted-", 8), CHECK_ID_COUNT);
	assert_int_equal(check_find("", 0), CHECK_ID_COUNT);
}

static void every_code_is_declared_whole_and_once(void **state)
{
	for (unsigned i = CODE_NONE + 1; i < CODE_COUNT; i++) {
		const struct code_kind *kind = &code_kinds[i];

		assert_int_equal(strspn(kind->word, "abcdefghijklmnopqrstuvwxyz0123456789-_"),
				 strlen(kind->word));
		assert_true(strlen(kind->help) > 8);
		for (unsigned j = CODE_NONE + 1; j < i; j++)
			assert_string_not_equal(kind->word, code_kinds[j].word);
	}
}

/* Set the facts of a network card that is not in use. */
static void make_free(struct scene *scene, struct device *device)
{
	struct traits *traits =
		device == scene->device ? scene->traits : build_traits(scene->build, device);

	build_looked_at_uses(scene->build, device);
	device->vendor_id = 0x8086;
	device->device_id = 0x10d3;
	device->class = 0x020000;
	traits->has_override = ANSWER_YES;
	traits->header_type = 0;
	traits->reset_methods = "flr";
	traits->can_reset = ANSWER_YES;
	traits->power_state = "D0";
	traits->claims_known = true;
}

static void add_driver(struct scene *scene, const char *name)
{
	struct driver *driver = build_driver(scene->build, "pci", name);

	driver->registered = driver->can_bind = driver->can_unbind = true;
	driver->module = name;
}

static void start_free(struct scene *scene, const char *now, const char *next)
{
	scene_start(scene, now, next);
	make_free(scene, scene->device);
	scene->traits->answers = ANSWER_YES;
	scene->host->in_container = ANSWER_NO;
	scene->host->isolated_interrupts = ANSWER_YES;
	scene->group->regions_known = scene->group->holders_known = true;
	add_driver(scene, "e1000e");
	add_driver(scene, "vfio-pci");
}

static void a_free_card_passes_in_the_order_of_the_ids(void **state)
{
	struct scene scene;

	start_free(&scene, "e1000e", "vfio-pci");
	scene_ask(&scene, NULL);
	assert_true(scene.checks.count > 20);
	for (size_t i = 0; i < scene.checks.count; i++) {
		const struct check *check = &scene.checks.items[i];

		if (check->level != CHECK_PASS)
			fail_msg("%s: %s", check_kinds[check->id].name, check->finding.message);
		if (i)
			assert_true(check->id >= scene.checks.items[i - 1].id);
	}
	assert_null(checks_refusing(&scene.checks));
	scene_end(&scene);
}

static void of_a_machine_that_nobody_looked_at_nothing_is_taken(void **state)
{
	struct scene scene;
	size_t refused = 0;

	scene_start(&scene, "e1000e", "vfio-pci");
	scene.device->traits = NULL;
	build_machine(scene.build)->vfio = NULL;
	scene_ask(&scene, NULL);
	for (size_t i = 0; i < scene.checks.count; i++)
		refused += scene.checks.items[i].unknown &&
			   scene.checks.items[i].level == CHECK_REFUSE;
	assert_true(refused > 10);
	scene_end(&scene);
}

static void nothing_is_asked_where_nothing_changes(void **state)
{
	struct scene scene;

	start_free(&scene, "e1000e", "e1000e");
	scene_ask(&scene, NULL);
	assert_int_equal(scene.checks.count, 0);
	scene_end(&scene);
}

static void start_settled(struct scene *scene)
{
	start_free(scene, "vfio-pci", "vfio-pci");
	scene_sibling(scene, "0000:01:00.1", "xhci_hcd");
}

static void a_device_on_a_vfio_driver_is_checked_only_for_vfio(void **state)
{
	struct scene scene;

	start_free(&scene, "vfio-pci", "vfio-pci");
	scene_ask(&scene, NULL);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_VIABLE)), "pass");
	assert_null(scene_find(&scene, CHECK_NODE_OPEN));
	assert_null(scene_find(&scene, CHECK_UNBINDABLE));
	assert_null(scene_find(&scene, CHECK_DRIVER));
	scene_end(&scene);
}

static void a_device_that_vfio_will_not_open_is_refused_by_check_alone(void **state)
{
	struct scene scene;

	start_settled(&scene);
	scene.handover.dry_run = true;
	scene_ask(&scene, NULL);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_VIABLE)), "refuse");
	scene_end(&scene);
	start_settled(&scene);
	scene_ask(&scene, NULL);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_VIABLE)), "warning");
	scene_end(&scene);
}

static void the_move_beside_a_settled_device_is_refused(void **state)
{
	struct device *sibling;
	struct scene scene;

	start_free(&scene, "vfio-pci", "vfio-pci");
	sibling = scene_sibling(&scene, "0000:01:00.1", "e1000e");
	scene_sibling(&scene, "0000:01:00.2", "xhci_hcd");
	scene_move(&scene, sibling, "vfio-pci");
	scene_ask(&scene, NULL);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_VIABLE)), "refuse");
	assert_ptr_equal(scene_find(&scene, CHECK_VIABLE)->device, sibling);
	scene_end(&scene);
}

static size_t count(const struct scene *scene, enum check_id id)
{
	size_t found = 0;

	for (size_t i = 0; i < scene->checks.count; i++)
		found += scene->checks.items[i].id == id;
	return found;
}

static void an_answer_about_all_is_given_once(void **state)
{
	struct device *sibling;
	struct scene scene;

	start_free(&scene, "e1000e", "vfio-pci");
	sibling = scene_sibling(&scene, "0000:01:00.1", "e1000e");
	make_free(&scene, sibling);
	scene_move(&scene, sibling, "vfio-pci");
	scene_ask(&scene, NULL);
	assert_int_equal(count(&scene, CHECK_CONTAINER), 1);
	assert_int_equal(count(&scene, CHECK_DRIVER), 1);
	assert_int_equal(count(&scene, CHECK_INTERRUPTS), 1);
	assert_int_equal(count(&scene, CHECK_VIABLE), 1);
	assert_int_equal(count(&scene, CHECK_NET_ADDRESS), 2);
	assert_int_equal(count(&scene, CHECK_UNBINDABLE), 2);
	scene_end(&scene);
}

static void it_is_said_of_the_first_that_changes(void **state)
{
	struct device *sibling;
	struct scene scene;

	start_free(&scene, "vfio-pci", "vfio-pci");
	sibling = scene_sibling(&scene, "0000:01:00.1", "e1000e");
	make_free(&scene, sibling);
	scene_move(&scene, sibling, "vfio-pci");
	scene_ask(&scene, NULL);
	assert_int_equal(count(&scene, CHECK_CONTAINER), 1);
	assert_int_equal(count(&scene, CHECK_DRIVER), 1);
	assert_ptr_equal(scene_find(&scene, CHECK_VIABLE)->device, sibling);
	scene_end(&scene);
}

static void of_a_group_the_named_member_is_asked(void **state)
{
	struct device *sibling;
	struct scene scene;

	start_free(&scene, "e1000e", "vfio-pci");
	scene_sibling(&scene, "0000:01:00.2", "snd_hda_intel");
	sibling = scene_sibling(&scene, "0000:01:00.1", "e1000e");
	make_free(&scene, sibling);
	scene_move(&scene, sibling, "vfio-pci");
	scene.moves[0].taken_along = true;
	scene.moves[1].taken_along = false;
	scene_ask(&scene, NULL);
	assert_int_equal(count(&scene, CHECK_VIABLE), 1);
	assert_ptr_equal(scene_find(&scene, CHECK_VIABLE)->device, sibling);
	scene_end(&scene);
}

static void a_used_member_that_is_taken_along_refuses(void **state)
{
	struct device *sibling;
	struct scene scene;

	start_free(&scene, "e1000e", "vfio-pci");
	sibling = scene_sibling(&scene, "0000:01:00.1", "nvme");
	make_free(&scene, sibling);
	add_driver(&scene, "nvme");
	build_use(scene.build, sibling, (struct use){USE_MOUNT, "nvme0n1", "/srv", "/proc/1"});
	scene_move(&scene, sibling, "vfio-pci");
	scene_ask(&scene, NULL);
	assert_int_equal(checks_refusing(&scene.checks)->id, CHECK_MOUNTED);
	assert_ptr_equal(checks_refusing(&scene.checks)->device, sibling);
	scene_end(&scene);
}

static void the_first_refusal_that_is_not_waived_decides(void **state)
{
	struct check items[] = {
		{.id = CHECK_SWAP, .level = CHECK_PASS},
		{.id = CHECK_NET_UP, .level = CHECK_WARNING},
		{.id = CHECK_MOUNTED, .level = CHECK_REFUSE, .waived = true},
		{.id = CHECK_RESET, .level = CHECK_REFUSE},
	};
	struct checks checks = {items, ARRAY_SIZE(items), ARRAY_SIZE(items)};

	assert_ptr_equal(checks_refusing(&checks), &items[3]);
	items[3].waived = true;
	assert_null(checks_refusing(&checks));
}

static void only_refusals_of_some_ids_can_be_waived(void **state)
{
	static const struct {
		struct check check;
		bool waivable;
	} cases[] = {
		{{.id = CHECK_MOUNTED, .level = CHECK_REFUSE}, true},
		{{.id = CHECK_MOUNTED, .level = CHECK_REFUSE, .unknown = true}, true},
		{{.id = CHECK_MOUNTED, .level = CHECK_PASS}, false},
		{{.id = CHECK_MOUNTED, .level = CHECK_REFUSE, .final = true}, false},
		{{.id = CHECK_SYSTEM_DISK, .level = CHECK_REFUSE}, false},
		{{.id = CHECK_VFIO_OPEN, .level = CHECK_REFUSE, .unknown = true}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(check_is_waivable(&cases[i].check), cases[i].waivable);
}

UNIT(check)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_check_has_a_word_of_its_own),
		cmocka_unit_test(every_code_is_declared_whole_and_once),
		cmocka_unit_test(a_free_card_passes_in_the_order_of_the_ids),
		cmocka_unit_test(of_a_machine_that_nobody_looked_at_nothing_is_taken),
		cmocka_unit_test(nothing_is_asked_where_nothing_changes),
		cmocka_unit_test(a_device_on_a_vfio_driver_is_checked_only_for_vfio),
		cmocka_unit_test(a_device_that_vfio_will_not_open_is_refused_by_check_alone),
		cmocka_unit_test(the_move_beside_a_settled_device_is_refused),
		cmocka_unit_test(an_answer_about_all_is_given_once),
		cmocka_unit_test(it_is_said_of_the_first_that_changes),
		cmocka_unit_test(of_a_group_the_named_member_is_asked),
		cmocka_unit_test(a_used_member_that_is_taken_along_refuses),
		cmocka_unit_test(the_first_refusal_that_is_not_waived_decides),
		cmocka_unit_test(only_refusals_of_some_ids_can_be_waived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
