/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes, notes and messages of the single steps of a rescan. */
#include "actions/rescan_steps.h"
#include "support/check.h"
#include "support/history.h"
#include "support/stage.h"

#include <errno.h>
#include <string.h>

#define SWITCH_OFF                                                                              \
	{                                                                                       \
		.action = ACTION_AUTOPROBE, .target = -1, .file = STAGE_AUTOPROBE, .value = "0" \
	}
#define SEARCH                                                                         \
	{                                                                              \
		.action = ACTION_RESCAN, .target = -1,                                 \
		.file = "/sys/devices/pci0000:00/pci_bus/0000:00/rescan", .value = "1" \
	}
#define SET_OVERRIDE                                                                   \
	{                                                                              \
		.action = ACTION_OVERRIDE, .file = STAGE_OVERRIDE, .value = "vfio-pci" \
	}
#define PROBE                                                                              \
	{                                                                                  \
		.action = ACTION_PROBE, .file = "/sys/bus/pci/drivers_probe", .value = NIC \
	}

static struct found_again found;

/* The result of @step after a removal that was begun, and maybe not made. */
static int find_after_removal(struct step step)
{
	const struct step steps[] = {STAGE_REMOVE, step};

	stage_plan(steps, ARRAY_SIZE(steps));
	stage_note(0, STEP_BEGUN);
	return rescan_find(&stage.execution, stage.arena, &found, &stage.error);
}

static void leave_without_driver(void)
{
	assert_int_equal(
		fake_write(changing.fake, "/sys/bus/pci/drivers/e1000e/unbind", NIC, strlen(NIC)),
		0);
}

static void a_removal_without_hooks_is_made_and_noted(void **state)
{
	const struct step removal = STAGE_REMOVE;

	stage_plan(&removal, 1);
	assert_int_equal(rescan_remove(&stage.execution, &stage.error), 0);
	assert_int_equal(root_has(changing.root, NIC_PATH), 0);
	assert_int_equal(stage_state(0), STEP_DONE);
}

static void a_removal_or_switch_that_cannot_be_noted_is_not_made(void **state)
{
	static const struct step steps[] = {STAGE_REMOVE, SWITCH_OFF};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		stage_plan(&steps[i], 1);
		history.flush_fails_with = EIO;
		assert_int_equal(rescan_remove(&stage.execution, &stage.error), -EIO);
		assert_int_equal(fake_count(changing.fake), 0);
		assert_int_equal(stage_state(0), STEP_NONE);
	}
}

/* The result of @step where the removal was noted, and nothing can be noted any more. */
static int find_unnoted(struct step step)
{
	const struct step steps[] = {STAGE_REMOVE, step};

	stage_plan(steps, ARRAY_SIZE(steps));
	stage_note(0, STEP_BEGUN);
	history.flush_fails_with = EIO;
	return rescan_find(&stage.execution, stage.arena, &found, &stage.error);
}

static void a_step_after_the_removal_that_cannot_be_noted_is_not_made(void **state)
{
	assert_int_equal(find_unnoted((struct step)SET_OVERRIDE), -EIO);
	leave_without_driver();
	assert_int_equal(find_unnoted((struct step)PROBE), -EIO);
	fake_unplug(changing.fake, "pci", NIC);
	assert_int_equal(find_unnoted((struct step)SEARCH), -EIO);
	assert_true(found.unwritten);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_switch_that_cannot_be_read_is_not_written(void **state)
{
	const struct step step = {.action = ACTION_AUTOPROBE,
				  .target = -1,
				  .file = "/sys/bus/no/drivers_autoprobe",
				  .value = "0"};

	stage_plan(&step, 1);
	assert_int_equal(rescan_remove(&stage.execution, &stage.error), -ENOENT);
	assert_string_equal(stage.error.evidence, step.file);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void only_the_device_of_the_plan_is_removed(void **state)
{
	const struct step removal = STAGE_REMOVE;

	stage.target.device_id = 0x1521;
	stage_plan(&removal, 1);
	assert_int_equal(rescan_remove(&stage.execution, &stage.error), -ENODEV);
	fake_unplug(changing.fake, "pci", NIC);
	stage_plan(&removal, 1);
	assert_int_equal(rescan_remove(&stage.execution, &stage.error), -ENODEV);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_device_that_cannot_be_read_is_not_removed(void **state)
{
	const struct step removal = STAGE_REMOVE;

	stage_hide();
	stage_plan(&removal, 1);
	assert_int_equal(rescan_remove(&stage.execution, &stage.error), -EBUSY);
	assert_int_equal(fake_count(changing.fake), 0);
	assert_int_equal(stage_state(0), STEP_NONE);
}

static void an_override_of_a_device_that_cannot_be_read_is_not_done(void **state)
{
	stage_hide();
	assert_int_equal(find_after_removal((struct step)SET_OVERRIDE), -EPROTO);
	assert_int_equal(stage_state(1), STEP_FAILED);
	assert_true(found.unwritten);
}

/* EINVAL: the kernel defers the probe, and repeats it without iommuctl. */
static void a_deferred_probe_is_a_failure_only_of_a_device_that_had_a_driver(void **state)
{
	leave_without_driver();
	fake_probe_defers(changing.fake, NIC);
	assert_int_equal(find_after_removal((struct step)PROBE), -EINVAL);
	assert_int_equal(stage_state(1), STEP_FAILED);
	assert_false(found.unwritten);
	stage.target.driver = NULL;
	assert_int_equal(find_after_removal((struct step)PROBE), 0);
	assert_int_equal(stage_state(1), STEP_DONE);
}

static void a_probe_that_fails_is_worth_repeating(void **state)
{
	leave_without_driver();
	stage_fault(FAKE_FAILS, EIO);
	assert_int_equal(find_after_removal((struct step)PROBE), -EIO);
	assert_true(found.unwritten);
}

static void a_device_that_comes_back_without_its_override_is_changed(void **state)
{
	stage.target.driver = NULL;
	stage.target.driver_override = "vfio-pci";
	assert_true(find_after_removal((struct step)SEARCH) < 0);
	assert_int_equal(found.changed, 1);
	assert_string_equal(stage.error.message,
			    NIC " has the driver e1000e and no override; before, it had no driver "
				"and the override vfio-pci");
}

static void of_two_failures_the_first_is_reported(void **state)
{
	const struct step steps[] = {STAGE_REMOVE, SET_OVERRIDE, PROBE};

	leave_without_driver();
	stage_plan(steps, ARRAY_SIZE(steps));
	stage_note(0, STEP_BEGUN);
	history.flush_fails_with = EIO;
	assert_true(rescan_find(&stage.execution, stage.arena, &found, &stage.error) < 0);
	assert_int_equal(stage.error.code, ERROR_UNFINISHED);
	assert_non_null(strstr(stage.error.message, STORE_DIR "/journal"));
}

/* The hooks of a removal: which targets were checked, and which of them is in use. */
static size_t checked[4], checked_count, used;

static int check_use_of_target(void *context, size_t target, struct error *e)
{
	checked[checked_count++] = target;
	return target == used ? error_set(e, ERROR_REFUSED, -EBUSY, "in use") : 0;
}

/* Remove NIC with two devices below it, and one beside it. */
static int remove_tower(size_t in_use)
{
	struct target targets[] = {stage.target, stage.target, stage.target, stage.target};
	const struct step removal = STAGE_REMOVE;
	const struct plan plan = {.verb = "rescan",
				  .targets = targets,
				  .target_count = ARRAY_SIZE(targets),
				  .steps = &removal,
				  .step_count = 1};

	targets[1].path = NIC_PATH "/0000:03:00.0";
	targets[2].path = NIC_PATH "/0000:03:00.1";
	targets[3].path = "/sys/devices/pci0000:00/0000:00:1f.0";
	checked_count = 0;
	used = in_use;
	stage.execution.before_unbind = check_use_of_target;
	assert_int_equal(journal_begin(stage.store, stage.arena, &plan, &stage.execution.journal,
				       &stage.error),
			 0);
	return rescan_remove(&stage.execution, &stage.error);
}

static void users_of_devices_below_prevent_a_removal_and_no_more_are_looked_for(void **state)
{
	assert_int_equal(remove_tower(1), -EBUSY);
	assert_int_equal(checked_count, 1);
	assert_int_equal(checked[0], 1);
	assert_int_equal(fake_count(changing.fake), 0);
	assert_int_equal(stage_state(0), STEP_FAILED);
}

static void the_removed_device_is_checked_last_and_one_beside_it_never(void **state)
{
	assert_int_equal(remove_tower(3), 0);
	assert_int_equal(checked_count, 3);
	assert_int_equal(checked[0], 1);
	assert_int_equal(checked[1], 2);
	assert_int_equal(checked[2], 0);
}

UNIT(rescan_steps)
{
	const struct CMUnitTest tests[] = {
		STAGED(a_removal_without_hooks_is_made_and_noted),
		STAGED(a_removal_or_switch_that_cannot_be_noted_is_not_made),
		STAGED(a_step_after_the_removal_that_cannot_be_noted_is_not_made),
		STAGED(a_switch_that_cannot_be_read_is_not_written),
		STAGED(only_the_device_of_the_plan_is_removed),
		STAGED(a_device_that_cannot_be_read_is_not_removed),
		STAGED(an_override_of_a_device_that_cannot_be_read_is_not_done),
		STAGED(a_deferred_probe_is_a_failure_only_of_a_device_that_had_a_driver),
		STAGED(a_probe_that_fails_is_worth_repeating),
		STAGED(a_device_that_comes_back_without_its_override_is_changed),
		STAGED(of_two_failures_the_first_is_reported),
		STAGED(users_of_devices_below_prevent_a_removal_and_no_more_are_looked_for),
		STAGED(the_removed_device_is_checked_last_and_one_beside_it_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
