/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reported failures of other tools, and how a transaction handles each.
 *
 * - A rollback that is itself broken: dpdk-devbind tries to unbind from a driver called "" and
 *   leaves the device without a driver and with its override (openvswitch/ovs-issues#191,
 *   OpenVisualCloud/Media-Transport-Library#1010).
 * - An override that stays: driverctl's after a failed bind; other tools write nothing to clear it,
 *   or "(null)" to restore it (OFS/opae-sdk#2729, ROCm/k8s-gpu-dra-driver#50).
 * - Success although no driver was bound: no driver matches at drivers_probe
 *   (nasty-project/nasty#603), or the VFIO node is missing (VoltCyclone/PCILeechFWGenerator#93).
 */
#include "crash/setting.h"

#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NIC "0000:02:00.0"
#define NIC_PATH "/sys/devices/pci0000:00/" NIC
#define MODALIAS "/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"

static const char PLAIN[] = "group 2\n"
			    "pci " NIC " in pci0000:00 group=2 driver=e1000e id=8086:10D3 "
			    "class=20000\n" NIC_PATH MODALIAS;
static const char WITH_OVERRIDE[] =
	"group 2\n"
	"pci " NIC " in pci0000:00 group=2 driver=e1000e override=e1000e id=8086:10D3 "
	"class=20000\n" NIC_PATH MODALIAS;
static const char IDLE[] =
	"group 2\n"
	"pci " NIC " in pci0000:00 group=2 id=8086:10D3 class=20000\n" NIC_PATH MODALIAS;
static const char IDLE_WITH_OVERRIDE[] =
	"group 2\n"
	"pci " NIC
	" in pci0000:00 group=2 override=pci-stub id=8086:10D3 class=20000\n" NIC_PATH MODALIAS;
static const char *const machines[] = {PLAIN, WITH_OVERRIDE, IDLE, IDLE_WITH_OVERRIDE};

static const int bind_errors[] = {ENODEV, EBUSY, EINVAL, ENOENT, EIO};

static const struct wish to_vfio = {.verb = "rebind", .driver = "vfio-pci", .selectors = {NIC}};
static const struct wish to_native = {.verb = "rebind", .driver = "e1000e", .selectors = {NIC}};
static const struct wish to_none = {.verb = "unbind", .selectors = {NIC}};
static const struct wish back = {.verb = "restore", .selectors = {NIC}};

static void make_machine(const char *tree)
{
	const struct scenario scenario = {
		.name = "peers", .tree = tree, .modules = {"vfio_iommu_type1", "vfio_pci"}};

	assert_int_equal(setting_start(&scenario), 0);
}

static void must_be_as_before(void)
{
	_autofree_ char *now = fake_dump(fake);

	assert_string_equal(now, before);
}

static void must_be_rolled_back(void)
{
	assert_int_not_equal(ended->result, 0);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_int_equal(ended->outcome, OUTCOME_ROLLED_BACK);
	must_be_as_before();
}

static void must_never_have_written(const char *text)
{
	for (unsigned i = 1; i <= fake_count(fake); i++)
		assert_string_not_equal(fake_entry(fake, i)->text, text);
}

static void a_failed_bind_gives_the_old_driver_and_the_override_back(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(bind_errors); j++) {
			make_machine(machines[i]);
			fake_bind_fails_with(fake, "vfio-pci", bind_errors[j]);
			setting_wish(&to_vfio);
			must_be_rolled_back();
			setting_end();
		}
	}
}

static void a_failed_bind_to_a_native_driver_gives_vfio_back(void **state)
{
	make_machine(PLAIN);
	setting_wish(&to_vfio);
	assert_int_equal(ended->result, 0);
	free(before);
	before = fake_dump(fake);
	fake_bind_fails_with(fake, "e1000e", EIO);
	setting_wish(&to_native);
	must_be_rolled_back();
	setting_must_show(
		NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci group=2 vfio=yes");
	setting_end();
}

static void a_rollback_that_fails_is_not_called_one(void **state)
{
	make_machine(PLAIN);
	fake_bind_fails_with(fake, "vfio-pci", EINVAL);
	/*
	 * Write 5 is the old driver's bind in the undo, after override, unbind, bind, and override.
	 */
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 5, ENODEV, true});
	setting_wish(&to_vfio);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_int_equal(ended->outcome, OUTCOME_UNFINISHED);
	assert_non_null(strstr(ended->message, NIC));
	setting_wish(&to_vfio);
	assert_int_equal(ended->code, ERROR_INTERRUPTED);
	fake_heals(fake);
	setting_wish(NULL);
	assert_int_equal(ended->result, 0);
	assert_int_equal(ended->outcome, OUTCOME_ROLLED_BACK);
	must_be_as_before();
	setting_end();
}

static void no_override_sticks_where_there_was_none(void **state)
{
	make_machine(PLAIN);
	fake_bind_fails_with(fake, "vfio-pci", EINVAL);
	setting_wish(&to_vfio);
	setting_must_show(NIC ": driver=e1000e link=e1000e back=yes override=- ");
	fake_heals(fake);
	setting_wish(&to_vfio);
	assert_int_equal(ended->result, 0);
	setting_wish(&back);
	assert_int_equal(ended->result, 0);
	must_be_as_before();
	setting_end();
}

static void null_is_never_written(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		make_machine(machines[i]);
		setting_wish(&to_vfio);
		setting_wish(&to_none);
		setting_wish(&back);
		assert_int_equal(ended->result, 0);
		must_be_as_before();
		must_never_have_written("(null)");
		setting_end();
	}
}

/* driverctl's unset-override fails on such a device, and keeps the override that it saved. */
static void a_device_without_a_driver_is_restored_and_forgotten(void **state)
{
	unsigned writes;

	make_machine(IDLE);
	setting_wish(&to_vfio);
	assert_int_equal(ended->result, 0);
	setting_wish(&back);
	assert_int_equal(ended->result, 0);
	must_be_as_before();
	writes = fake_count(fake);
	setting_wish(&back);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	assert_int_equal(fake_count(fake), writes);
	setting_end();
}

static void a_kernel_that_says_yes_and_binds_nothing_is_not_believed(void **state)
{
	static const struct wish *const wishes[] = {&to_vfio, &to_native};

	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		make_machine(IDLE);
		/*
		 * The last write is the bind: with vfio-pci the second bind, with e1000e the only
		 * one.
		 */
		fake_inject(fake, (struct fake_fault){FAKE_LIES, i ? 1 : 2, 0, true});
		setting_wish(wishes[i]);
		must_be_rolled_back();
		assert_non_null(strstr(ended->message, "did not change"));
		setting_end();
	}
}

static void an_unbind_that_did_not_happen_is_not_reported_as_done(void **state)
{
	make_machine(PLAIN);
	fake_inject(fake, (struct fake_fault){FAKE_LIES, 2, 0, true});
	setting_wish(&to_none);
	must_be_rolled_back();
	setting_end();
}

static void a_missing_vfio_node_is_no_success(void **state)
{
	make_machine(PLAIN);
	fake_vfio_makes_no_nodes(fake);
	setting_wish(&to_vfio);
	must_be_rolled_back();
	assert_non_null(strstr(ended->message, "no VFIO node"));
	setting_end();
}

static void a_deferred_probe_is_no_success(void **state)
{
	make_machine(IDLE);
	fake_probe_defers(fake, NIC);
	setting_wish(&to_native);
	must_be_rolled_back();
	setting_end();
}

/*
 * The new driver's probe is deferred, and then the old one's: the device stays without a driver.
 */
static void an_undo_that_is_deferred_says_so(void **state)
{
	make_machine(PLAIN);
	fake_probe_defers(fake, NIC);
	setting_wish(&to_vfio);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_null(strstr(ended->message, strerror(EAGAIN)));
	assert_non_null(
		strstr(ended->message, "cannot bind " NIC " to vfio-pci: its probe was deferred"));
	assert_non_null(
		strstr(ended->message, "cannot bind " NIC " to e1000e: its probe was deferred"));
	assert_non_null(strstr(ended->remedy, "iommuctl deferred " NIC));
	assert_non_null(strstr(ended->remedy, "iommuctl recover"));
	setting_must_show(NIC ": driver=- link=- back=no");
	/* Deferred a second time, by recover. */
	setting_wish(NULL);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_null(strstr(ended->message, strerror(EAGAIN)));
	assert_non_null(
		strstr(ended->message, "cannot bind " NIC " to e1000e: its probe was deferred"));
	assert_non_null(strstr(ended->remedy, "iommuctl deferred " NIC));
	fake_heals(fake);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_ROLLED_BACK);
	must_be_as_before();
	setting_end();
}

static void a_writer_that_is_killed_is_named_in_words(void **state)
{
	make_machine(PLAIN);
	fake_inject(fake, (struct fake_fault){FAKE_LOSES_WRITER, 3, 0, false});
	setting_wish(&to_vfio);
	must_be_rolled_back();
	assert_non_null(strstr(ended->message, "cannot bind " NIC
					       " to vfio-pci: the process that made the write was "
					       "killed"));
	setting_end();
}

/* A repeated command reports that there is nothing to do, and writes nothing. */
static void a_repeated_command_does_nothing(void **state)
{
	unsigned writes;

	make_machine(PLAIN);
	setting_wish(&to_vfio);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	writes = fake_count(fake);
	setting_wish(&to_vfio);
	assert_int_equal(ended->result, 0);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	assert_int_equal(fake_count(fake), writes);
	setting_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_bind_gives_the_old_driver_and_the_override_back),
		cmocka_unit_test(a_failed_bind_to_a_native_driver_gives_vfio_back),
		cmocka_unit_test(a_rollback_that_fails_is_not_called_one),
		cmocka_unit_test(no_override_sticks_where_there_was_none),
		cmocka_unit_test(null_is_never_written),
		cmocka_unit_test(a_device_without_a_driver_is_restored_and_forgotten),
		cmocka_unit_test(a_kernel_that_says_yes_and_binds_nothing_is_not_believed),
		cmocka_unit_test(an_unbind_that_did_not_happen_is_not_reported_as_done),
		cmocka_unit_test(a_missing_vfio_node_is_no_success),
		cmocka_unit_test(a_deferred_probe_is_no_success),
		cmocka_unit_test(an_undo_that_is_deferred_says_so),
		cmocka_unit_test(a_writer_that_is_killed_is_named_in_words),
		cmocka_unit_test(a_repeated_command_does_nothing),
	};

	return cmocka_run_group_tests(tests, setting_open, setting_close);
}
