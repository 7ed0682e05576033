/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks before the type of a group changes, and the words of types. */
#include "checks/check_functions.h"
#include "model/domain_type.h"
#include "support/said.h"
#include "support/scene.h"
#include "views/checks.h"

#include <string.h>

static struct scene scene;
static struct domain_change change;

static void start_with(const char *driver, const char *now, const char *wanted)
{
	scene_start(&scene, driver, driver);
	scene.handover.verb = "domain";
	scene.group->type = now;
	scene.group->holders_known = true;
	scene.device->removable = ANSWER_NO;
	build_machine(scene.build)->kernel = "6.12.117";
	change = (struct domain_change){
		.device = scene.device, .group = scene.group, .type = wanted};
	scene.handover.domains = &change;
	scene.handover.domain_count = 1;
	scene.moves[0].released = driver != NULL;
}

static int start(void **state)
{
	start_with("e1000e", "DMA", "identity");
	return 0;
}

static int end(void **state)
{
	scene_end(&scene);
	return 0;
}

/* The answer of that check; its message has to have @words, if these are not NULL. */
static void expect(enum check_id id, const char *answer, const char *words)
{
	const struct check *check;

	scene_ask(&scene, NULL);
	check = scene_find(&scene, id);
	assert_string_equal(answer_word(check), answer);
	if (words && !strstr(check->finding.message, words))
		fail_msg("no \"%s\" in: %s", words, check->finding.message);
}

static void start_again(const char *driver, const char *now, const char *wanted)
{
	scene_end(&scene);
	start_with(driver, now, wanted);
}

static void a_native_group_can_get_any_type(void **state)
{
	expect(CHECK_DOMAIN_TYPE, "pass", "can be changed to identity");
	assert_string_equal(answer_word(scene_find(&scene, CHECK_DOMAIN_KERNEL)), "pass");
	assert_string_equal(answer_word(scene_find(&scene, CHECK_DOMAIN_IDENTITY)), "pass");
	/* Its uses are asked about, as it is unbound; the checks of a new driver are not. */
	assert_string_not_equal(answer_word(scene_find(&scene, CHECK_UNBINDABLE)), "none");
	assert_string_equal(answer_word(scene_find(&scene, CHECK_DRIVER)), "none");
	assert_string_equal(answer_word(scene_find(&scene, CHECK_DRIVER_MATCH)), "pass");
}

static void a_type_needs_a_group_that_has_one(void **state)
{
	scene.group->type = NULL;
	expect(CHECK_DOMAIN_TYPE, "unknown", "type of group 7 could not be read");
	start_again("e1000e", "blocked", "identity");
	expect(CHECK_DOMAIN_TYPE, "final", "has the type blocked");
	start_again("e1000e", "DMA", "identity");
	build_members_unknown(scene.build);
	expect(CHECK_DOMAIN_TYPE, "unknown", "which devices are in group 7");
	start_again("e1000e", "DMA", "identity");
	scene.device->group = change.group = NULL;
	expect(CHECK_DOMAIN_TYPE, "final", "it is in no group");
	assert_string_equal(answer_word(scene_find(&scene, CHECK_DOMAIN_KERNEL)), "none");
	start_again("e1000e", "DMA", "identity");
	scene.device->group = change.group = NULL;
	scene.device->group_unknown = true;
	expect(CHECK_DOMAIN_TYPE, "unknown", "it is unknown which group it is in");
}

static void members_are_unbound_only_where_they_are_known_and_no_bridges(void **state)
{
	scene_sibling(&scene, "0000:01:00.1", NULL)->driver_known = false;
	expect(CHECK_DOMAIN_TYPE, "unknown", "which driver 0000:01:00.1 has");
	start_again("e1000e", "DMA", "DMA-FQ");
	scene_sibling(&scene, "0000:01:00.1", NULL)->driver_known = false;
	expect(CHECK_DOMAIN_TYPE, "pass", NULL);
	start_again("shpchp", "DMA", "identity");
	scene.device->class = 0x060400;
	expect(CHECK_DOMAIN_TYPE, "final", "is a bridge with the driver shpchp");
}

static void a_user_of_vfio_keeps_its_domain(void **state)
{
	static const struct holder holder = {812, "qemu"};

	start_again("vfio-pci", "DMA", "identity");
	scene.moves[0].released = false;
	scene.group->holders = &holder;
	scene.group->holder_count = 1;
	expect(CHECK_DOMAIN_TYPE, "final", "group 7 is open in 812 (qemu)");
	start_again("vfio-pci", "DMA", "DMA-FQ");
	scene.moves[0].released = false;
	scene.group->holders_known = false;
	expect(CHECK_DOMAIN_TYPE, "unknown", "whether a VFIO user has group 7");
}

static void kernels_know_more_types_and_larger_groups_with_time(void **state)
{
	build_machine(scene.build)->kernel = NULL;
	expect(CHECK_DOMAIN_KERNEL, "unknown", "which version the kernel has");
	start_again("e1000e", "DMA", "identity");
	build_machine(scene.build)->kernel = "5.10.0-33-amd64";
	expect(CHECK_DOMAIN_KERNEL, "refuse", "5.11 is the first that does");
	start_again("e1000e", "DMA", "DMA-FQ");
	build_machine(scene.build)->kernel = "5.14.0";
	expect(CHECK_DOMAIN_KERNEL, "refuse", "has no DMA-FQ");
	start_again("e1000e", "DMA", "identity");
	build_machine(scene.build)->kernel = "5.14.0";
	expect(CHECK_DOMAIN_KERNEL, "pass", NULL);
	start_again("e1000e", "DMA", "identity");
	build_machine(scene.build)->kernel = "6.1.0";
	scene_sibling(&scene, "0000:01:00.1", NULL);
	expect(CHECK_DOMAIN_KERNEL, "refuse", "group 7 has 2 members");
	start_again("e1000e", "DMA", "identity");
	build_machine(scene.build)->kernel = "6.4.0";
	scene_sibling(&scene, "0000:01:00.1", NULL);
	expect(CHECK_DOMAIN_KERNEL, "pass", NULL);
}

static void all_memory_is_for_internal_devices_of_the_host(void **state)
{
	scene.device->removable = ANSWER_YES;
	expect(CHECK_DOMAIN_IDENTITY, "refuse", "can be plugged in from outside");
	start_again("e1000e", "DMA", "identity");
	scene.device->removable = ANSWER_UNKNOWN;
	expect(CHECK_DOMAIN_IDENTITY, "unknown", "it is unknown whether 0000:01:00.0");
	start_again("vfio-pci", "DMA", "identity");
	scene.moves[0].released = false;
	expect(CHECK_DOMAIN_IDENTITY, "refuse", "is handed over with vfio-pci");
	start_again("e1000e", "identity", "DMA");
	scene.device->removable = ANSWER_YES;
	expect(CHECK_DOMAIN_IDENTITY, "none", NULL);
}

static void linux_before_5_14_does_not_tell_which_devices_are_external(void **state)
{
	build_machine(scene.build)->kernel = "5.13.0";
	expect(CHECK_DOMAIN_IDENTITY, "unknown", "can be plugged in from outside");
}

static void a_restored_type_may_be_what_it_was(void **state)
{
	change.restored = true;
	change.left_type = "DMA";
	scene.device->removable = ANSWER_YES;
	expect(CHECK_DOMAIN_IDENTITY, "pass", NULL);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_CHANGED_BY_OTHERS)), "pass");
	start_again("e1000e", "DMA-FQ", "identity");
	change.restored = true;
	change.left_type = "DMA";
	expect(CHECK_CHANGED_BY_OTHERS, "refuse", "left group 7 with the type DMA");
	start_again("e1000e", "DMA-FQ", "identity");
	change.restored = true;
	expect(CHECK_CHANGED_BY_OTHERS, "none", NULL);
}

static void the_verdict_is_about_the_group(void **state)
{
	struct said said;

	scene_ask(&scene, check_domain_type);
	said_start();
	checks_print_verdict(stdout, &scene.checks, &scene.handover);
	said_end(&said);
	assert_string_equal(said.out, "group 7 can get the type identity: 1 checks passed\n");
}

static void words_are_in_any_case(void **state)
{
	assert_string_equal(domain_type_spelling("dma-fq"), "DMA-FQ");
	assert_string_equal(domain_type_spelling("Identity"), "identity");
	assert_null(domain_type_spelling("blocked"));
	assert_null(domain_type_at(4));
	assert_false(domain_type_is_changeable("auto"));
	assert_false(domain_type_is_set(NULL, "DMA"));
	assert_false(domain_type_needs_no_unbind("DMA-FQ", "DMA"));
}

#define ON_A_CARD(test) cmocka_unit_test_setup_teardown(test, start, end)

UNIT(domain)
{
	const struct CMUnitTest tests[] = {
		ON_A_CARD(a_native_group_can_get_any_type),
		ON_A_CARD(a_type_needs_a_group_that_has_one),
		ON_A_CARD(members_are_unbound_only_where_they_are_known_and_no_bridges),
		ON_A_CARD(a_user_of_vfio_keeps_its_domain),
		ON_A_CARD(kernels_know_more_types_and_larger_groups_with_time),
		ON_A_CARD(all_memory_is_for_internal_devices_of_the_host),
		ON_A_CARD(linux_before_5_14_does_not_tell_which_devices_are_external),
		ON_A_CARD(a_restored_type_may_be_what_it_was),
		ON_A_CARD(the_verdict_is_about_the_group),
		cmocka_unit_test(words_are_in_any_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
