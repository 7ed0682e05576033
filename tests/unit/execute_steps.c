/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a rebind, one by one, forward and back. */
#include "actions/execute_parts.h"
#include "support/check.h"
#include "support/stage.h"

#include <errno.h>
#include <string.h>

#define E1000E "/sys/bus/pci/drivers/e1000e/"
#define VFIO "/sys/bus/pci/drivers/vfio-pci/"
#define SET_OVERRIDE                                                                      \
	{                                                                                 \
		.action = ACTION_OVERRIDE, .file = STAGE_OVERRIDE, .value = "vfio-pci",   \
		.undo_file = STAGE_OVERRIDE, .undo_value = "", .expect_driver = "e1000e", \
		.undo_driver = "e1000e"                                                   \
	}
#define UNBIND                                                                         \
	{                                                                              \
		.action = ACTION_UNBIND, .file = E1000E "unbind", .value = NIC,        \
		.undo_file = E1000E "bind", .undo_value = NIC, .undo_driver = "e1000e" \
	}
#define BIND                                                                               \
	{                                                                                  \
		.action = ACTION_BIND, .file = VFIO "bind", .value = NIC,                  \
		.undo_file = VFIO "unbind", .undo_value = NIC, .expect_driver = "vfio-pci" \
	}

static int forward(struct step step)
{
	stage_plan(&step, 1);
	return execute_forward(&stage.execution, &stage.error);
}

static int load(const char *module)
{
	return forward((struct step){.action = ACTION_LOAD, .target = -1, .value = module});
}

static void a_loaded_module_has_underscores_for_dashes(void **state)
{
	assert_int_equal(load("vfio-pci"), 0);
	assert_int_equal(stage_state(0), STEP_DONE);
}

static void a_module_that_is_not_there_after_its_load_has_failed(void **state)
{
	char name[2 * PATH_SIZE];

	stage_fault(FAKE_LIES, 0);
	assert_int_equal(load("no-such-module"), -ENOENT);
	stage_fault(FAKE_FAILS, ENOEXEC);
	assert_int_equal(load("no-such-module"), -ENOEXEC);
	assert_int_equal(stage_state(0), STEP_FAILED);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	stage_fault(FAKE_LIES, 0);
	assert_int_equal(load(name), -ENOENT);
}

static void a_load_that_hangs_is_reported_without_a_file(void **state)
{
	stage_hang(1);
	assert_int_equal(load("vfio-pci"), -EINPROGRESS);
	assert_int_equal(stage_state(0), STEP_PENDING);
	assert_string_equal(stage.error.evidence, "");
}

static void another_device_or_none_is_never_written_to(void **state)
{
	stage.target.device_id = 0x1521;
	assert_int_equal(forward((struct step)SET_OVERRIDE), -ENODEV);
	fake_unplug(changing.fake, "pci", NIC);
	assert_int_equal(forward((struct step)SET_OVERRIDE), -ENODEV);
	assert_int_equal(fake_count(changing.fake), 0);
	assert_int_equal(stage_state(0), STEP_NONE);
}

static void a_device_that_cannot_be_read_is_not_written_to(void **state)
{
	stage_hide();
	assert_int_equal(forward((struct step)SET_OVERRIDE), -EBUSY);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_device_that_is_gone_after_the_write_is_no_success(void **state)
{
	fake_unplugs_after(changing.fake, 1, NIC);
	assert_int_equal(forward((struct step)SET_OVERRIDE), -ENODEV);
	assert_int_equal(stage_state(0), STEP_FAILED);
}

static void a_device_that_moves_after_the_write_is_busy(void **state)
{
	fake_file_after(changing.fake, 1, NIC_PATH "/uevent = DRIVER=other\\nPCI_ID=8086:10D3\n");
	assert_int_equal(forward((struct step)SET_OVERRIDE), -EBUSY);
	assert_int_equal(stage_state(0), STEP_FAILED);
}

static void a_write_that_no_process_could_make_is_told_in_words(void **state)
{
	const struct step step = SET_OVERRIDE;

	stage_plan(&step, 1);
	assert_int_equal(step_failed(&stage.execution, &step, false, -ECHILD, &stage.error),
			 -ECHILD);
	assert_string_equal(stage.error.message,
			    "cannot set driver_override of " NIC
			    " to vfio-pci: no process could be started to make the write");
}

/* Undo the steps of a rebind that were begun: all but the last are done. */
static int undo_begun(const struct step *steps, size_t count)
{
	stage_plan(steps, count);
	for (size_t i = 0; i < count; i++) {
		stage_note(i, STEP_BEGUN);
		if (i + 1 < count)
			stage_note(i, STEP_DONE);
	}
	return execute_undo(&stage.execution, &stage.error);
}

static void write_of_another(const char *file, const char *text)
{
	assert_int_equal(fake_write(changing.fake, file, text, strlen(text)), 0);
}

/* As after the steps override, unbind and bind. */
static void give_to_vfio(void)
{
	write_of_another(STAGE_OVERRIDE, "vfio-pci");
	write_of_another(E1000E "unbind", NIC);
	write_of_another(VFIO "bind", NIC);
}

static void without_a_step_for_the_override_it_is_not_written_by_the_undo(void **state)
{
	const struct step unbind = UNBIND;

	write_of_another(E1000E "unbind", NIC);
	assert_int_equal(undo_begun(&unbind, 1), 0);
	assert_int_equal(fake_count(changing.fake), 1);
	assert_string_equal(fake_entry(changing.fake, 1)->file, E1000E "bind");
	assert_int_equal(stage_state(0), STEP_UNDONE);
}

static void an_undo_without_the_old_override_says_why(void **state)
{
	static const struct step steps[] = {SET_OVERRIDE, UNBIND, BIND};

	give_to_vfio();
	stage_fault(FAKE_FAILS, EIO);
	assert_int_equal(undo_begun(steps, ARRAY_SIZE(steps)), -EIO);
	assert_int_equal(stage_state(2), STEP_UNDO_FAILED);
	stage_fault(FAKE_LIES, 0);
	assert_int_equal(undo_begun(steps, ARRAY_SIZE(steps)), -EPROTO);
	assert_int_equal(stage_state(2), STEP_UNDO_FAILED);
}

static void an_undo_whose_override_hangs_makes_no_other_write(void **state)
{
	static const struct step steps[] = {SET_OVERRIDE, UNBIND, BIND};

	give_to_vfio();
	stage_hang(1);
	assert_int_equal(undo_begun(steps, ARRAY_SIZE(steps)), -EINPROGRESS);
	assert_int_equal(stage_state(2), STEP_UNDO_PENDING);
	assert_int_equal(stage_state(1), STEP_DONE);
	assert_int_equal(fake_count(changing.fake), 1);
}

static void the_undo_of_a_device_that_cannot_be_read_fails(void **state)
{
	static const struct step steps[] = {SET_OVERRIDE, UNBIND, BIND};

	give_to_vfio();
	stage_hide();
	assert_true(undo_begun(steps, ARRAY_SIZE(steps)) < 0);
	assert_int_equal(stage_state(2), STEP_UNDO_FAILED);
	assert_int_equal(stage_state(0), STEP_DONE);
}

/* Another process's probe bound vfio-pci between the plan's unbind and bind; its unbind hangs. */
static void an_early_bind_whose_unbind_hangs_is_left_pending(void **state)
{
	static const struct step steps[] = {SET_OVERRIDE, UNBIND, BIND};

	give_to_vfio();
	stage_plan(steps, ARRAY_SIZE(steps));
	stage_note(0, STEP_BEGUN);
	stage_note(0, STEP_DONE);
	stage_note(1, STEP_BEGUN);
	stage_hang(2);
	assert_int_equal(execute_undo(&stage.execution, &stage.error), -EINPROGRESS);
	assert_string_equal(fake_entry(changing.fake, 2)->file, VFIO "unbind");
	assert_int_equal(stage_state(1), STEP_UNDO_PENDING);
}

static void an_undo_is_over_where_another_process_made_it_meanwhile(void **state)
{
	static const struct step steps[] = {SET_OVERRIDE, UNBIND};

	write_of_another(STAGE_OVERRIDE, "vfio-pci");
	write_of_another(E1000E "unbind", NIC);
	fake_writes_after(changing.fake, 1, E1000E "bind", NIC);
	assert_int_equal(undo_begun(steps, ARRAY_SIZE(steps)), 0);
	assert_int_equal(stage_state(1), STEP_UNDONE);
	assert_int_equal(stage_state(0), STEP_UNDONE);
	assert_true(execute_at_start(&stage.execution, NULL, 0));
	assert_false(execute_at_end(&stage.execution, NULL, 0));
}

UNIT(execute_steps)
{
	const struct CMUnitTest tests[] = {
		STAGED(a_loaded_module_has_underscores_for_dashes),
		STAGED(a_module_that_is_not_there_after_its_load_has_failed),
		STAGED(a_load_that_hangs_is_reported_without_a_file),
		STAGED(another_device_or_none_is_never_written_to),
		STAGED(a_device_that_cannot_be_read_is_not_written_to),
		STAGED(a_device_that_is_gone_after_the_write_is_no_success),
		STAGED(a_device_that_moves_after_the_write_is_busy),
		STAGED(a_write_that_no_process_could_make_is_told_in_words),
		STAGED(without_a_step_for_the_override_it_is_not_written_by_the_undo),
		STAGED(an_undo_without_the_old_override_says_why),
		STAGED(an_undo_whose_override_hangs_makes_no_other_write),
		STAGED(the_undo_of_a_device_that_cannot_be_read_fails),
		STAGED(an_early_bind_whose_unbind_hangs_is_left_pending),
		STAGED(an_undo_is_over_where_another_process_made_it_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
