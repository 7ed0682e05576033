/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a change of virtual functions, one by one: switches, counts, and functions. */
#include "actions/execute_parts.h"
#include "actions/look.h"
#include "support/check.h"
#include "support/stage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINK NIC_PATH "/virtfn0"
#define COUNT NIC_PATH "/sriov_numvfs"
#define FUNCTION "/sys/devices/pci0000:00/0000:02:10.0"
#define UNBIND                                                                        \
	{                                                                             \
		.action = ACTION_UNBIND, .file = "/sys/bus/pci/drivers/igbvf/unbind", \
		.value = "virtfn0", .undo_file = "/sys/bus/pci/drivers/igbvf/bind",   \
		.undo_value = "virtfn0", .undo_driver = "igbvf"                       \
	}
#define SET_OVERRIDE(name)                                                                 \
	{                                                                                  \
		.action = ACTION_OVERRIDE, .file = LINK "/driver_override", .value = name, \
		.undo_file = LINK "/driver_override", .undo_value = ""                     \
	}
#define SET_COUNT(after, before)                                                              \
	{                                                                                     \
		.action = ACTION_VF_COUNT, .file = COUNT, .value = after, .undo_file = COUNT, \
		.undo_value = before                                                          \
	}
#define AUTOPROBE NIC_PATH "/sriov_drivers_autoprobe"
#define SWITCH_OFF                                                              \
	{                                                                       \
		.action = ACTION_VF_AUTOPROBE, .file = AUTOPROBE, .value = "0", \
		.undo_file = AUTOPROBE, .undo_value = "1"                       \
	}

/* The steps of a test are about a virtual function of NIC, which has none at first. */
static int start(void **state)
{
	int result = stage_start(state);

	stage.target = (struct target){.label = NIC "/vf0",
				       .bus = "pci",
				       .name = "virtfn0",
				       .path = LINK,
				       .vendor_id = -1,
				       .device_id = -1,
				       .driver = "igbvf"};
	return result;
}

static int forward(struct step step)
{
	stage_plan(&step, 1);
	return execute_forward(&stage.execution, &stage.error);
}

static void plug_function(void)
{
	fake_plug(changing.fake, "pci 0000:02:10.0 in pci0000:00 id=8086:10CA class=20000\n" LINK
				 " -> ../0000:02:10.0\n" FUNCTION "/driver_override = vfio-pci\n");
}

static void a_function_that_others_removed_needs_no_release(void **state)
{
	assert_int_equal(forward((struct step)SET_OVERRIDE("none")), 0);
	assert_int_equal(stage_state(0), STEP_DONE);
	assert_int_equal(forward((struct step)UNBIND), 0);
	assert_int_equal(stage_state(0), STEP_DONE);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void no_other_step_is_done_without_its_function(void **state)
{
	const struct step bind = {.action = ACTION_BIND,
				  .file = "/sys/bus/pci/drivers/vfio-pci/bind",
				  .value = "virtfn0",
				  .expect_driver = "vfio-pci"};

	assert_int_equal(forward((struct step)SET_OVERRIDE("vfio-pci")), -ENODEV);
	assert_int_equal(forward(bind), -ENODEV);
	assert_int_equal(stage_state(0), STEP_NONE);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_write_to_a_function_that_is_gone_is_not_made(void **state)
{
	const struct step step = SET_OVERRIDE("vfio-pci");

	stage_plan(&step, 1);
	assert_int_equal(step_write(&stage.execution, 0, false, &stage.error), -ENODEV);
	plug_function();
	assert_int_equal(step_write(&stage.execution, 0, false, &stage.error), 0);
	assert_string_equal(fake_entry(changing.fake, 1)->file, FUNCTION "/driver_override");
	assert_null(fake_entry(changing.fake, 2));
}

static void a_function_that_cannot_be_found_is_not_written_to(void **state)
{
	const struct step step = SET_OVERRIDE("vfio-pci");
	char words[512];
	struct target_look look;

	plug_function();
	stage_unread(LINK "\\tdenied\\n");
	look = look_target(stage.host.root, &stage.target, stage.arena);
	assert_int_equal(look.state, LOOK_UNSEEN);
	look_describe(&stage.target, &look, words, sizeof(words));
	assert_string_equal(words, NIC "/vf0 could not be read: Permission denied");
	stage_plan(&step, 1);
	assert_int_equal(step_write(&stage.execution, 0, false, &stage.error), -EACCES);
	assert_int_equal(forward(step), -EBUSY);
	assert_int_equal(fake_count(changing.fake), 0);
}

/* A function that gets no driver is at its end when it is removed, or has no override. */
static void a_function_without_a_new_driver_may_be_gone_at_the_end(void **state)
{
	const struct step step = SET_OVERRIDE("none");

	stage_plan(&step, 1);
	assert_true(execute_at_end(&stage.execution, NULL, 0));
	plug_function();
	assert_false(execute_at_end(&stage.execution, NULL, 0));
	assert_int_equal(fake_write(changing.fake, FUNCTION "/driver_override", "\n", 1), 0);
	assert_true(execute_at_end(&stage.execution, NULL, 0));
	stage.target.new_override = "none";
	stage_plan(&step, 1);
	assert_false(execute_at_end(&stage.execution, NULL, 0));
}

/* Steps about NIC itself. */
static void turn_to_physical(void)
{
	stage.target = (struct target){.label = NIC,
				       .bus = "pci",
				       .name = NIC,
				       .path = NIC_PATH,
				       .vendor_id = 0x8086,
				       .device_id = 0x10d3,
				       .driver = "e1000e",
				       .new_driver = "e1000e"};
}

static void a_count_that_others_changed_is_not_written(void **state)
{
	turn_to_physical();
	fake_plug(changing.fake, COUNT " = 3\n");
	assert_int_equal(forward((struct step)SET_COUNT("2", "0")), -ESTALE);
	assert_non_null(strstr(stage.error.message, "another process has changed their number"));
	/* Others have made it what the step makes it. */
	assert_int_equal(forward((struct step)SET_COUNT("3", "0")), 0);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_count_that_cannot_be_read_is_not_written(void **state)
{
	struct step step = SET_COUNT("2", "3");

	turn_to_physical();
	fake_plug(changing.fake, COUNT " = 0\n");
	step.file = NIC_PATH "/sriov_none";
	assert_int_equal(forward(step), -ENOENT);
	stage_unread(COUNT "\\tdenied\\n");
	assert_int_equal(forward((struct step)SET_COUNT("2", "0")), -EACCES);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void plug_switch(const char *value)
{
	char line[256];

	snprintf(line, sizeof(line), AUTOPROBE " = %s\n", value);
	fake_plug(changing.fake, line);
}

static void a_switch_is_read_after_it_was_written(void **state)
{
	turn_to_physical();
	plug_switch("1");
	stage_fault(FAKE_FAILS, EIO);
	assert_int_equal(forward((struct step)SWITCH_OFF), -EIO);
	stage_fault(FAKE_LIES, 0);
	assert_int_equal(forward((struct step)SWITCH_OFF), -EPROTO);
	assert_non_null(strstr(stage.error.message, "the write succeeded but"));
	/* The write has an effect, although the kernel reports a failure. */
	stage_fault(FAKE_FAILS_AFTER, EIO);
	assert_int_equal(forward((struct step)SWITCH_OFF), 0);
	stage_unread(AUTOPROBE "\\tdenied\\n");
	assert_int_equal(forward((struct step)SWITCH_OFF), -EACCES);
}

/* Undo a switch of NIC that was begun. */
static int undo_switch_off(void)
{
	const struct step step = SWITCH_OFF;

	turn_to_physical();
	stage_plan(&step, 1);
	stage_note(0, STEP_BEGUN);
	return execute_undo(&stage.execution, &stage.error);
}

static void a_switch_that_does_not_turn_back_says_why(void **state)
{
	plug_switch("0");
	stage_fault(FAKE_LIES, 0);
	assert_int_equal(undo_switch_off(), -EPROTO);
	stage_fault(FAKE_FAILS, EIO);
	assert_int_equal(undo_switch_off(), -EIO);
	assert_int_equal(stage_state(0), STEP_UNDO_FAILED);
	stage_unread(AUTOPROBE "\\tdenied\\n");
	assert_int_equal(undo_switch_off(), -EACCES);
	assert_int_equal(fake_count(changing.fake), 2);
}

static void a_switch_whose_turn_back_hangs_is_left_pending(void **state)
{
	plug_switch("0");
	stage_hang(1);
	assert_int_equal(undo_switch_off(), -EINPROGRESS);
	assert_int_equal(stage_state(0), STEP_UNDO_PENDING);
}

static void a_switch_of_another_device_is_not_turned_back(void **state)
{
	plug_switch("0");
	fake_unplug(changing.fake, "pci", NIC);
	assert_int_equal(undo_switch_off(), 0);
	fake_plug(changing.fake,
		  "pci " NIC " in pci0000:00 id=8086:1521 class=20000\n" AUTOPROBE " = 0\n");
	assert_int_equal(undo_switch_off(), 0);
	assert_int_equal(stage_state(0), STEP_UNDONE);
	assert_int_equal(fake_count(changing.fake), 0);
}

UNIT(execute_functions)
{
#define WITH_FUNCTION(test) cmocka_unit_test_setup_teardown(test, start, stage_end)
	const struct CMUnitTest tests[] = {
		WITH_FUNCTION(a_function_that_others_removed_needs_no_release),
		WITH_FUNCTION(no_other_step_is_done_without_its_function),
		WITH_FUNCTION(a_write_to_a_function_that_is_gone_is_not_made),
		WITH_FUNCTION(a_function_that_cannot_be_found_is_not_written_to),
		WITH_FUNCTION(a_function_without_a_new_driver_may_be_gone_at_the_end),
		WITH_FUNCTION(a_count_that_others_changed_is_not_written),
		WITH_FUNCTION(a_count_that_cannot_be_read_is_not_written),
		WITH_FUNCTION(a_switch_is_read_after_it_was_written),
		WITH_FUNCTION(a_switch_that_does_not_turn_back_says_why),
		WITH_FUNCTION(a_switch_whose_turn_back_hangs_is_left_pending),
		WITH_FUNCTION(a_switch_of_another_device_is_not_turned_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
