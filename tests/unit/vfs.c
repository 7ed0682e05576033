/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The moves and the plan of a change of virtual functions, and these as targets. */
#include "actions/vfs.h"

#include "actions/look.h"
#include "actions/vf_target.h"
#include "model/build.h"
#include "model/sriov.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <string.h>

#define ROOT "/sys/devices/pci0000:00"
#define PF ROOT "/0000:02:00.0"

static struct build *build;
static const struct system *made;
static struct sriov sriov;
static struct virtual_function functions[2];
static struct device *first;
static struct memory memory;
static bool named[8];

static struct device *add(const char *path, const char *driver, const char *override)
{
	struct device *device = build_device(build, "pci", strrchr(path, '/') + 1, path);

	device->driver = driver;
	device->driver_override = override;
	device->driver_known = true;
	device->state = driver ? DEVICE_BOUND : DEVICE_UNBOUND;
	device->vendor_id = 0x8086;
	device->device_id = 0x10c9;
	build_traits(build, device)->has_override = ANSWER_YES;
	build_find_traits(build, device)->inode = 77;
	return device;
}

/* A physical function with @count virtual ones: the first on igbvf, the second kept for VFIO. */
static int start_with(int count)
{
	static const char *const paths[] = {ROOT "/0000:02:10.0", ROOT "/0000:02:10.2"};

	build = build_new();
	made = NULL;
	memory = (struct memory){.arena = arena};
	sriov = (struct sriov){.total = 7,
			       .count = count,
			       .autoprobe = ANSWER_YES,
			       .functions = functions,
			       .function_count = (size_t)count};
	add(PF, "igb", NULL)->sriov = &sriov;
	for (int i = 0; i < count; i++) {
		struct device *function = add(paths[i], i ? NULL : "igbvf", i ? "vfio-pci" : NULL);

		functions[i].path = paths[i];
		first = i ? first : function;
	}
	named[0] = true;
	return 0;
}

static int end_build(void **state)
{
	build_free(build);
	system_free(made);
	return 0;
}

static struct handover moves_of(const struct request *request)
{
	made = build_seal(build, 0);
	build = NULL;
	return vfs_moves(request, made, &memory, named, arena);
}

/* The plan as "TARGET action FILE=VALUE (UNDO)" lines. */
static const char *words_of(const struct request *request)
{
	struct handover handover = moves_of(request);
	struct plan plan = vfs_plan(request, &handover, arena);
	const char *all = "";

	for (size_t i = 0; i < plan.step_count; i++)
		all = arena_printf(arena, "%s%d %s %s=%s (%s)\n", all, plan.steps[i].target,
				   action_name(plan.steps[i].action),
				   strrchr(plan.steps[i].file, '/') + 1, plan.steps[i].value,
				   plan.steps[i].undo_value);
	return all;
}

static void new_functions_get_their_driver_while_autoprobe_is_off(void **state)
{
	const struct request request = {
		.verb = "vfs", .driver = "vfio-pci", .driver_given = true, .function_count = 2};

	start_with(0);
	assert_string_equal(words_of(&request), "0 vf_autoprobe sriov_drivers_autoprobe=0 (1)\n"
						"0 vf_count sriov_numvfs=2 (0)\n"
						"1 override driver_override=vfio-pci ()\n"
						"1 bind bind=virtfn0 (virtfn0)\n"
						"2 override driver_override=vfio-pci ()\n"
						"2 bind bind=virtfn1 (virtfn1)\n"
						"0 vf_autoprobe sriov_drivers_autoprobe=1 (0)\n");
}

static void a_native_driver_leaves_no_override(void **state)
{
	const struct request request = {
		.verb = "vfs", .driver = "igbvf", .driver_given = true, .function_count = 1};

	start_with(0);
	sriov.autoprobe = ANSWER_NO;
	assert_string_equal(words_of(&request), "0 vf_count sriov_numvfs=1 (0)\n"
						"1 override driver_override=igbvf ()\n"
						"1 bind bind=virtfn0 (virtfn0)\n"
						"1 override driver_override= (igbvf)\n");
}

static void no_driver_is_kept_by_an_override(void **state)
{
	const struct request request = {.verb = "vfs", .driver_given = true, .function_count = 1};

	start_with(0);
	assert_non_null(strstr(words_of(&request), "1 override driver_override=none ()\n"
						   "0 vf_autoprobe"));
}

static void without_a_driver_the_kernel_binds_what_it_wants(void **state)
{
	const struct request request = {.verb = "vfs", .function_count = 1};

	start_with(0);
	assert_string_equal(words_of(&request), "0 vf_count sriov_numvfs=1 (0)\n");
}

static void those_that_there_are_are_unbound_one_by_one(void **state)
{
	const struct request request = {.verb = "vfs", .function_count = 3};

	start_with(2);
	assert_string_equal(words_of(&request), "0 vf_autoprobe sriov_drivers_autoprobe=0 (1)\n"
						"1 override driver_override=none ()\n"
						"1 unbind unbind=0000:02:10.0 (0000:02:10.0)\n"
						"2 override driver_override=none (vfio-pci)\n"
						"0 vf_count sriov_numvfs=0 (2)\n"
						"0 vf_autoprobe sriov_drivers_autoprobe=1 (0)\n"
						"0 vf_count sriov_numvfs=3 (0)\n");
}

static void the_same_count_moves_functions_only_to_a_driver(void **state)
{
	const struct request same = {.verb = "vfs", .function_count = 2};
	const struct request driven = {
		.verb = "vfs", .driver = "vfio-pci", .driver_given = true, .function_count = 2};
	struct handover handover;

	start_with(2);
	assert_int_equal(moves_of(&same).move_count, 0);
	handover = vfs_moves(&driven, made, &memory, named, arena);
	assert_int_equal(handover.move_count, 2);
	assert_null(handover.physical);
	assert_string_equal(handover.moves[0].device->name, "0000:02:10.0");
	assert_string_equal(handover.moves[0].driver, "vfio-pci");
}

static void another_device_has_a_move_that_the_check_refuses_and_no_plan(void **state)
{
	const struct request request = {.verb = "vfs", .function_count = 1};
	struct handover handover;

	start_with(0);
	build_device(build, "pci", "0000:03:00.0", ROOT "/0000:03:00.0");
	named[0] = false;
	named[1] = true;
	handover = moves_of(&request);
	assert_int_equal(handover.move_count, 1);
	assert_int_equal(vfs_plan(&request, &handover, arena).step_count, 0);
	named[1] = false;
	assert_int_equal(vfs_moves(&request, made, &memory, named, arena).move_count, 0);
}

static void a_function_without_driver_and_override_needs_no_release(void **state)
{
	const struct request request = {.verb = "vfs", .driver_given = true};

	start_with(2);
	first->driver = NULL;
	sriov.autoprobe = ANSWER_NO;
	assert_string_equal(words_of(&request), "2 override driver_override=none (vfio-pci)\n"
						"0 vf_count sriov_numvfs=0 (2)\n");
}

/* Only those that stay have the new driver; the others are removed. */
static void fewer_functions_get_the_driver_than_there_are(void **state)
{
	const struct request request = {
		.verb = "vfs", .driver = "vfio-pci", .driver_given = true, .function_count = 1};
	struct handover handover;
	struct plan plan;

	start_with(2);
	handover = moves_of(&request);
	plan = vfs_plan(&request, &handover, arena);
	assert_int_equal(plan.target_count, 3);
	assert_string_equal(plan.targets[1].new_driver, "vfio-pci");
	assert_string_equal(plan.targets[1].new_override, "vfio-pci");
	assert_null(plan.targets[2].new_driver);
	assert_null(plan.targets[2].new_override);
}

static void a_count_that_is_unknown_or_wrong_has_no_plan(void **state)
{
	static const struct {
		int count;
		size_t functions;
	} rows[] = {{-1, 0}, {2, 1}};
	const struct request request = {.verb = "vfs", .function_count = 1};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct handover handover;

		start_with(0);
		sriov.count = rows[i].count;
		sriov.function_count = rows[i].functions;
		functions[0].path = ROOT "/0000:02:10.0";
		handover = moves_of(&request);
		assert_non_null(handover.physical);
		assert_int_equal(vfs_plan(&request, &handover, arena).step_count, 0);
		end_build(NULL);
		made = NULL;
	}
}

static void targets_are_named_by_their_number(void **state)
{
	const struct request request = {
		.verb = "vfs", .driver = "vfio-pci", .driver_given = true, .function_count = 3};
	struct handover handover;
	struct plan plan;

	start_with(2);
	handover = moves_of(&request);
	plan = vfs_plan(&request, &handover, arena);
	assert_int_equal(plan.target_count, 4);
	assert_string_equal(plan.targets[0].new_driver, "igb");
	assert_string_equal(plan.targets[1].path, PF "/virtfn0");
	assert_string_equal(plan.targets[1].label, "0000:02:10.0");
	assert_string_equal(plan.targets[1].driver, "igbvf");
	assert_string_equal(plan.targets[3].label, "0000:02:00.0/vf2");
	assert_int_equal(plan.targets[3].inode, 77);
	assert_false(vf_target_is(&plan.targets[0]));
	assert_true(vf_target_is(&plan.targets[1]) && vf_target_is(&plan.targets[3]));
	assert_false(vf_target_is_new(&plan.targets[1]));
	assert_true(vf_target_is_new(&plan.targets[3]));
	assert_string_equal(vf_target_place(&plan.targets[1], arena), ROOT "/0000:02:10.0");
}

static const struct target FIRST = {.label = "0000:02:00.0/vf0",
				    .bus = "pci",
				    .name = "virtfn0",
				    .path = PF "/virtfn0",
				    .vendor_id = -1,
				    .device_id = -1};

/* The look at the target in the tree @text; @inode: of its physical function */
static struct target_look look_in(const char *text, uint64_t inode, struct target *ret_now,
				  int *ret_found)
{
	_autoroot_ struct root *root = NULL;
	struct target target = FIRST;
	struct error error = {0};
	char *dir = tree_new(text);
	struct target_look look;

	target.inode = inode;
	assert_int_equal(root_open(dir, &root, &error), 0);
	*ret_found = vf_target_find(root, &target, arena, ret_now);
	look = look_target(root, &target, arena);
	tree_remove(dir);
	return look;
}

static void a_function_is_found_by_its_link_alone(void **state)
{
	static const char pair[] =
		"pci 0000:02:00.0 in pci0000:00 driver=igb\n"
		"pci 0000:02:10.4 in pci0000:00 driver=igbvf\n" PF "/virtfn0 -> ../0000:02:10.4\n";
	struct target now;
	int found;

	assert_string_equal(look_in(pair, 0, &now, &found).driver, "igbvf");
	assert_int_equal(found, 1);
	assert_string_equal(now.path, ROOT "/0000:02:10.4");
	assert_string_equal(now.label, "0000:02:10.4");
	assert_int_equal(look_in(pair, 1, &now, &found).state, LOOK_GONE);
	assert_int_equal(found, 0);
	assert_int_equal(look_in("pci 0000:02:00.0 in pci0000:00\n", 0, &now, &found).state,
			 LOOK_GONE);
	assert_string_equal(now.path, FIRST.path);
	assert_int_equal(look_in("/sys/\n", 0, &now, &found).state, LOOK_GONE);
}

#define BUILT(test) cmocka_unit_test_teardown(test, end_build)

UNIT(vfs)
{
	const struct CMUnitTest tests[] = {
		BUILT(new_functions_get_their_driver_while_autoprobe_is_off),
		BUILT(a_native_driver_leaves_no_override),
		BUILT(no_driver_is_kept_by_an_override),
		BUILT(without_a_driver_the_kernel_binds_what_it_wants),
		BUILT(those_that_there_are_are_unbound_one_by_one),
		BUILT(the_same_count_moves_functions_only_to_a_driver),
		BUILT(another_device_has_a_move_that_the_check_refuses_and_no_plan),
		BUILT(a_function_without_driver_and_override_needs_no_release),
		BUILT(fewer_functions_get_the_driver_than_there_are),
		BUILT(a_count_that_is_unknown_or_wrong_has_no_plan),
		BUILT(targets_are_named_by_their_number),
		cmocka_unit_test(a_function_is_found_by_its_link_alone),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
