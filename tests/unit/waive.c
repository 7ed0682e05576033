/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which answers may be waived, by which words, for which devices. */
#include "checks/waive.h"
#include "model/build.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

static const struct system *machine(void)
{
	struct build *build = build_new();
	static const char *const interfaces[] = {"eth0"};
	struct device *card =
		build_device(build, "pci", "0000:01:00.0", "/sys/devices/pci0/0000:01:00.0");

	card->interfaces = interfaces;
	card->interface_count = 1;
	build_device(build, "pci", "0000:01:00.1", "/sys/devices/pci0/0000:01:00.1");
	build_device(build, "pci", "twin", "/sys/devices/pci0/twin");
	build_device(build, "platform", "twin", "/sys/devices/platform/twin");
	return build_seal(build, 0);
}

/* The user named 01:00.0; the others are taken along. */
struct scene {
	const struct system *system;
	struct move moves[3];
	struct handover handover;
};

static void scene_make(struct scene *scene)
{
	static const char *const labels[] = {"0000:01:00.0", "0000:01:00.1", "pci:twin"};

	*scene = (struct scene){.system = machine()};
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		scene->moves[i] = (struct move){.device = find_device(scene->system, labels[i]),
						.taken_along = i > 0};
	scene->handover = (struct handover){.system = scene->system,
					    .verb = "rebind",
					    .moves = scene->moves,
					    .move_count = ARRAY_SIZE(labels)};
}

/* Whether @text waives @check of the device of moves[@move]; -1: of the whole machine. */
static bool waives(const char *text, struct check check, int move)
{
	struct waivers waivers = {0};
	struct error error = {0};
	struct scene scene;
	struct checks checks = {&check, 1, 1};

	scene_make(&scene);
	check.device = move < 0 ? NULL : scene.moves[move].device;
	if (waivers_parse(text, arena, &waivers, &error) < 0 ||
	    waivers_apply(&waivers, &scene.handover, &checks, &error) < 0)
		fail_msg("%s: %s", text, error.message);
	system_free(scene.system);
	assert_int_equal(!checks_refusing(&checks), check.waived || check.level != CHECK_REFUSE);
	return check.waived;
}

static const struct check mounted = {.id = CHECK_MOUNTED, .level = CHECK_REFUSE};
static const struct check unseen = {.id = CHECK_MOUNTED, .level = CHECK_REFUSE, .unknown = true};

static void a_bare_id_covers_what_the_user_named_and_nothing_else(void **state)
{
	assert_true(waives("mounted", mounted, 0));
	assert_false(waives("mounted", mounted, 1));
	assert_true(waives("mounted", mounted, -1));
	assert_false(waives("swap", mounted, 0));
}

static void a_member_taken_along_is_named_in_any_form(void **state)
{
	assert_true(waives("mounted@0000:01:00.1", mounted, 1));
	assert_true(waives("mounted@01:00.1", mounted, 1));
	assert_true(waives("mounted@pci_0000_01_00_1", mounted, 1));
	assert_true(waives("mounted@/sys/devices/pci0/0000:01:00.1", mounted, 1));
	assert_true(waives("mounted@pci:twin", mounted, 2));
	assert_true(waives("mounted@eth0", mounted, 0));
	assert_false(waives("mounted@01:00.0", mounted, 1));
	assert_false(waives("mounted@01:00.1", mounted, -1));
}

static void an_unknown_answer_needs_unknown_and_only_that(void **state)
{
	assert_false(waives("mounted", unseen, 0));
	assert_true(waives("mounted:unknown", unseen, 0));
	assert_false(waives("mounted:unknown", mounted, 0));
	assert_false(waives("mounted:unknown", unseen, 1));
	assert_true(waives("mounted@0000:01:00.1:unknown", unseen, 1));
	assert_false(waives("mounted@0000:01:00.1", unseen, 1));
}

static void several_add_up(void **state)
{
	struct waivers waivers = {0};
	struct error error = {0};

	assert_true(waives("swap,mounted@01:00.1,net-up", mounted, 1));
	assert_int_equal(waivers_parse("swap,rdma@a:b", arena, &waivers, &error), 0);
	assert_int_equal(waivers_parse("mounted:unknown", arena, &waivers, &error), 0);
	assert_int_equal(waivers.count, 3);
	assert_int_equal(waivers.items[0].id, CHECK_SWAP);
	assert_string_equal(waivers.items[1].device, "a:b");
	assert_true(waivers.items[2].unknown);
}

static void words_that_waive_nothing_are_refused(void **state)
{
	static const char *const words[] = {
		"",
		"all",
		"mounte",
		"mounted,",
		",mounted",
		"mounted@",
		"mounted@:unknown",
		":unknown",
		"mounted:unkown",
		"Mounted",
		"mounted:unknown:unknown",
		"system-disk",
		"vfio-open",
		"vfio-open:unknown",
		"system-disk@01:00.0",
		"unbindable",
		"driver",
		"override",
		"bridge",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct waivers waivers = {0};
		struct error error = {0};

		assert_true(waivers_parse(words[i], arena, &waivers, &error) < 0);
		assert_int_equal(error.code, ERROR_USAGE);
		assert_int_equal(waivers.count, 0);
	}
}

static void a_device_that_is_not_moved_is_a_mistake(void **state)
{
	static const char *const words[] = {"mounted@01:00.2", "mounted@platform:twin",
					    "swap@eth1"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct waivers waivers = {0};
		struct checks none = {0};
		struct error error = {0};
		struct scene scene;

		scene_make(&scene);
		assert_int_equal(waivers_parse(words[i], arena, &waivers, &error), 0);
		assert_true(waivers_apply(&waivers, &scene.handover, &none, &error) < 0);
		assert_int_equal(error.code, ERROR_USAGE);
		system_free(scene.system);
	}
}

static void a_final_answer_stays(void **state)
{
	struct check final = {.id = CHECK_VIRTUAL_FUNCTIONS, .level = CHECK_REFUSE, .final = true};

	assert_false(waives("virtual-functions", final, 0));
	final.final = false;
	assert_true(waives("virtual-functions", final, 0));
}

static void a_warning_is_not_waived(void **state)
{
	const struct check warning = {.id = CHECK_NET_UP, .level = CHECK_WARNING};

	assert_false(waives("net-up", warning, 0));
}

/* An answer about uses of @device, which was waived; @uses end with NULL. */
static struct check used(const struct device *device, const struct use *const *uses)
{
	struct check check = {.id = CHECK_NET_ADDRESS,
			      .level = CHECK_REFUSE,
			      .device = device,
			      .uses = uses,
			      .waived = true,
			      .finding.message = "it is in use"};

	while (uses[check.use_count])
		check.use_count++;
	return check;
}

static void a_later_answer_is_covered_where_each_of_its_uses_was_shown(void **state)
{
	static const struct use one = {USE_ADDRESS, "eth0", "10.0.0.1/8", "before"};
	static const struct use again = {USE_ADDRESS, "eth0", "10.0.0.1/8", "after"};
	static const struct use other_node = {USE_ADDRESS, "eth1", "10.0.0.1/8", NULL};
	static const struct use other_kind = {USE_ROUTE, "eth0", "10.0.0.1/8", NULL};
	static const struct use no_user = {USE_ADDRESS, "eth0", NULL, NULL};
	static const struct use no_node = {USE_ADDRESS, NULL, "10.0.0.1/8", NULL};
	static const struct use *const shown[] = {&no_user, &no_node, &one, NULL};
	const struct use *list[] = {NULL, NULL, NULL}, *new;
	const struct use *const others[] = {&other_node, &other_kind};
	struct scene scene;
	struct check first;
	struct checks checks = {&first, 1, 1};

	scene_make(&scene);
	first = used(scene.moves[0].device, shown);
	for (size_t i = 0; shown[i]; i++) {
		struct check now;

		list[0] = shown[i] == &one ? &again : shown[i];
		now = used(scene.moves[0].device, list);
		assert_true(waivers_still_cover(&checks, &now, &new));
		assert_null(new);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct check now;

		list[0] = &again;
		list[1] = others[i];
		now = used(scene.moves[0].device, list);
		assert_false(waivers_still_cover(&checks, &now, &new));
		assert_ptr_equal(new, others[i]);
	}
	system_free(scene.system);
}

static void a_later_answer_of_another_device_or_check_is_not_covered(void **state)
{
	static const struct use use = {USE_ADDRESS, "eth0", "10.0.0.1/8", NULL};
	static const struct use *const uses[] = {&use, NULL};
	const struct use *new;
	struct check shown, now;
	struct checks checks = {&shown, 1, 1};
	struct scene scene;

	scene_make(&scene);
	shown = now = used(scene.moves[0].device, uses);
	assert_true(waivers_still_cover(&checks, &now, &new));
	shown.waived = false;
	assert_false(waivers_still_cover(&checks, &now, &new));
	shown.waived = true;
	now.device = scene.moves[1].device;
	assert_false(waivers_still_cover(&checks, &now, &new));
	now.device = scene.moves[0].device;
	now.id = CHECK_NET_UP;
	assert_false(waivers_still_cover(&checks, &now, &new));
	assert_null(new);
	system_free(scene.system);
}

/* An answer that could not be given shows no use, so no use is covered by its waiver. */
static void a_waived_unknown_answer_covers_no_use_that_is_found_later(void **state)
{
	static const struct use use = {USE_ADDRESS, "eth0", "10.0.0.1/8", NULL};
	static const struct use *const uses[] = {&use, NULL};
	const struct use *new;
	struct check shown, now;
	struct checks checks = {&shown, 1, 1};
	struct scene scene;

	scene_make(&scene);
	now = used(scene.moves[0].device, uses);
	shown = (struct check){.id = CHECK_NET_ADDRESS,
			       .level = CHECK_REFUSE,
			       .device = scene.moves[0].device,
			       .unknown = true,
			       .waived = true,
			       .finding.message = "it is unknown whether it has an address"};
	assert_false(waivers_still_cover(&checks, &now, &new));
	assert_null(new);
	now = shown;
	assert_true(waivers_still_cover(&checks, &now, &new));
	now.device = NULL;
	assert_false(waivers_still_cover(&checks, &now, &new));
	system_free(scene.system);
}

static void the_waiver_that_is_printed_waives(void **state)
{
	static const struct {
		struct check check;
		int move;
		const char *text;
	} cases[] = {
		{{.id = CHECK_MOUNTED, .level = CHECK_REFUSE}, 0, "mounted"},
		{{.id = CHECK_MOUNTED, .level = CHECK_REFUSE}, 1, "mounted@0000:01:00.1"},
		{{.id = CHECK_MOUNTED, .level = CHECK_REFUSE, .unknown = true},
		 2,
		 "mounted@pci:twin:unknown"},
		{{.id = CHECK_CONTAINER, .level = CHECK_REFUSE, .unknown = true},
		 -1,
		 "container:unknown"},
		{{.id = CHECK_MOUNTED, .level = CHECK_WARNING}, 0, NULL},
		{{.id = CHECK_SYSTEM_DISK, .level = CHECK_REFUSE}, 0, NULL},
		{{.id = CHECK_MOUNTED, .level = CHECK_REFUSE, .waived = true}, 0, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct check check = cases[i].check;
		struct scene scene;
		const char *text;

		scene_make(&scene);
		check.device = cases[i].move < 0 ? NULL : scene.moves[cases[i].move].device;
		text = waiver_text(&check, &scene.handover, arena);
		system_free(scene.system);
		if (!cases[i].text) {
			assert_null(text);
			continue;
		}
		assert_string_equal(text, cases[i].text);
		assert_true(waives(text, cases[i].check, cases[i].move));
	}
}

UNIT(waive)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bare_id_covers_what_the_user_named_and_nothing_else),
		cmocka_unit_test(a_member_taken_along_is_named_in_any_form),
		cmocka_unit_test(an_unknown_answer_needs_unknown_and_only_that),
		cmocka_unit_test(several_add_up),
		cmocka_unit_test(words_that_waive_nothing_are_refused),
		cmocka_unit_test(a_device_that_is_not_moved_is_a_mistake),
		cmocka_unit_test(a_final_answer_stays),
		cmocka_unit_test(a_warning_is_not_waived),
		cmocka_unit_test(a_later_answer_is_covered_where_each_of_its_uses_was_shown),
		cmocka_unit_test(a_later_answer_of_another_device_or_check_is_not_covered),
		cmocka_unit_test(a_waived_unknown_answer_covers_no_use_that_is_found_later),
		cmocka_unit_test(the_waiver_that_is_printed_waives),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
