/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices and processes that the report of a transaction names. */
#include "actions/transaction_parts.h"
#include "model/build.h"
#include "support/check.h"
#include "support/stage.h"

#include <string.h>

/* A transaction about the staged device, which had addresses. */
static struct memory memory;
static struct report report;
static struct transaction transaction;
static struct remembered *known;

static int begin_report(void **state)
{
	int result = stage_start(state);

	stage.target.network = "ip address add 192.0.2.1/24 dev eth0";
	memory = (struct memory){.arena = stage.arena};
	report = (struct report){0};
	transaction = (struct transaction){.host = &stage.host,
					   .arena = stage.arena,
					   .store = stage.store,
					   .memory = &memory,
					   .report = &report};
	known = memory_put(&memory, &stage.target);
	return result;
}

static size_t networks_after(struct step step, enum step_state state)
{
	stage_plan(&step, 1);
	if (state != STEP_NONE)
		stage_note(0, STEP_BEGUN);
	if (state > STEP_BEGUN)
		stage_note(0, state);
	report_networks(&transaction, stage.execution.journal);
	return report.network_count;
}

static const struct step unbind = {.action = ACTION_UNBIND,
				   .file = "/sys/bus/pci/drivers/e1000e/unbind",
				   .value = NIC,
				   .undo_driver = "e1000e"};
static const struct step bind = {.action = ACTION_BIND,
				 .file = "/sys/bus/pci/drivers/e1000e/bind",
				 .value = NIC,
				 .expect_driver = "e1000e"};

static void addresses_are_lost_once_the_driver_may_have_gone(void **state)
{
	assert_int_equal(networks_after(unbind, STEP_NONE), 0);
	assert_int_equal(networks_after(unbind, STEP_FAILED), 0);
	assert_int_equal(networks_after(unbind, STEP_BEGUN), 1);
	assert_string_equal(report.networks[0].label, NIC);
	assert_string_equal(report.networks[0].commands[0], stage.target.network);
	assert_int_equal(networks_after(unbind, STEP_DONE), 1);
	assert_int_equal(networks_after(bind, STEP_DONE), 1);
}

static void a_step_about_another_driver_or_without_a_device_loses_no_addresses(void **state)
{
	struct step step = unbind;

	step.undo_driver = "vfio-pci";
	assert_int_equal(networks_after(step, STEP_DONE), 0);
	step = bind;
	step.expect_driver = "vfio-pci";
	assert_int_equal(networks_after(step, STEP_DONE), 0);
	step = unbind;
	step.action = ACTION_LOAD;
	step.target = -1;
	assert_int_equal(networks_after(step, STEP_DONE), 0);
}

static void without_its_first_driver_a_device_gets_no_addresses_back(void **state)
{
	static const char file[] = "/sys/bus/pci/drivers/e1000e/unbind";

	assert_int_equal(fake_write(changing.fake, file, NIC, strlen(NIC)), 0);
	assert_int_equal(networks_after(unbind, STEP_DONE), 0);
	stage_hide();
	assert_int_equal(networks_after(unbind, STEP_DONE), 0);
}

static void a_device_that_had_no_driver_or_addresses_gets_none_back(void **state)
{
	known->driver = NULL;
	assert_int_equal(networks_after(unbind, STEP_DONE), 0);
	known->driver = "e1000e";
	known->network = NULL;
	assert_int_equal(networks_after(unbind, STEP_DONE), 0);
	memory_forget(&memory, NIC_PATH);
	assert_int_equal(networks_after(unbind, STEP_DONE), 0);
}

static void a_plan_tells_the_addresses_of_the_targets_that_have_some(void **state)
{
	struct target targets[] = {stage.target, stage.target};

	targets[0].network = NULL;
	targets[1].label = "second";
	report.plan = (struct plan){.targets = targets, .target_count = ARRAY_SIZE(targets)};
	report_networks_of_plan(&transaction);
	assert_int_equal(report.network_count, 1);
	assert_string_equal(report.networks[0].label, "second");
}

static void processes_that_hold_a_device_are_named_where_they_were_read(void **state)
{
	static const struct holder holders[] = {{.pid = 7, .command = "qemu"}, {.pid = 8}};
	struct build *build = build_new();
	struct group *group = build_group(build, 2);
	struct target targets[] = {stage.target, stage.target};
	struct error error = {0};

	targets[1].path = "/sys/devices/gone";
	build_device(build, "pci", NIC, NIC_PATH)->group = group;
	group->holders = holders;
	group->holder_count = ARRAY_SIZE(holders);
	report.plan = (struct plan){.targets = targets, .target_count = ARRAY_SIZE(targets)};
	error_set(&error, ERROR_UNFINISHED, 0, "stuck");
	report_holders(&transaction, &error);
	assert_string_equal(error.message, "stuck");
	report.after = build_seal(build, 0);
	report_holders(&transaction, &error);
	assert_non_null(strstr(error.message, "qemu (process 7) has " NIC " open"));
	assert_non_null(strstr(error.message, "? (process 8) has " NIC " open"));
	system_free(report.after);
}

static void a_change_in_which_no_process_hangs_names_none(void **state)
{
	struct error error = {0};

	report.plan = (struct plan){.targets = &stage.target, .target_count = 1};
	error_set(&error, ERROR_UNFINISHED, 0, "stuck");
	report_hung_writers(&transaction, &error);
	assert_string_equal(error.message, "stuck");
}

#define REPORTED(test) cmocka_unit_test_setup_teardown(test, begin_report, stage_end)

UNIT(report)
{
	const struct CMUnitTest tests[] = {
		REPORTED(addresses_are_lost_once_the_driver_may_have_gone),
		REPORTED(a_step_about_another_driver_or_without_a_device_loses_no_addresses),
		REPORTED(without_its_first_driver_a_device_gets_no_addresses_back),
		REPORTED(a_device_that_had_no_driver_or_addresses_gets_none_back),
		REPORTED(a_plan_tells_the_addresses_of_the_targets_that_have_some),
		REPORTED(processes_that_hold_a_device_are_named_where_they_were_read),
		REPORTED(a_change_in_which_no_process_hangs_names_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
