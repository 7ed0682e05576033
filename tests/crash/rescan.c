/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that are removed and found again: each outcome, and the tool killed or disturbed at every
 * write. Whatever happens, recover ends with all that can come back as it was, and with no
 * transaction that stays open without end.
 */
#include "crash/setting.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT "0000:00:01.0"
#define NIC "0000:06:00.0"
#define GIVEN "0000:06:00.1"
#define BELOW "pci0000:00/" PORT
#define FOLDER "/sys/devices/" BELOW

#define NIC_ID "id=8086:10D3 class=20000"
#define NIC_ALIAS "pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00"
#define PORT_ID "id=1B36:000C class=60400"
#define PORT_ALIAS "pci:v00001B36d0000000Csv00000000sd00000000bc06sc04i00"
#define STRANGER "pci " NIC " in " BELOW " group=9 id=10EC:8168 class=20000"
#define MOVED_NIC                                                   \
	"pci 0000:09:00.0 in " BELOW " group=3 " NIC_ID "\n" FOLDER \
	"/0000:09:00.0/modalias = " NIC_ALIAS "\ngroup 3\n"

/* A port with two functions below it: one has its native driver, the other is given to VFIO. */
#define MACHINE(release)                                                                           \
	"/proc/sys/kernel/osrelease = " release "\n"                                               \
	"group 2\ngroup 3\ngroup 4\n"                                                              \
	"pci " PORT " in pci0000:00 group=2 driver=pcieport " PORT_ID "\n" FOLDER                  \
	"/modalias = " PORT_ALIAS "\n"                                                             \
	"pci " NIC " in " BELOW " group=3 driver=e1000e " NIC_ID "\n" FOLDER "/" NIC               \
	"/modalias = " NIC_ALIAS "\n"                                                              \
	"pci " GIVEN " in " BELOW " group=4 driver=vfio-pci override=vfio-pci " NIC_ID "\n" FOLDER \
	"/" GIVEN "/modalias = " NIC_ALIAS "\n"

static const struct scenario new_kernel = {
	.name = "7.3", .tree = MACHINE("7.3.4-amd64"), .modules = {"vfio_iommu_type1", "vfio_pci"}};
static const struct scenario old_kernel = {.name = "6.12",
					   .tree = MACHINE("6.12.117+deb12-amd64"),
					   .modules = {"vfio_iommu_type1", "vfio_pci"}};

static const struct wish rescan_port = {.verb = "rescan", .selectors = {PORT}};
static const struct wish rescan_nic = {.verb = "rescan", .selectors = {NIC}};
static const struct wish nic_to_vfio = {.verb = "rebind", .driver = "vfio-pci", .selectors = {NIC}};
static const struct wish all_back = {.verb = "restore", .all = true};

static int set_up_new(void **state)
{
	return setting_start(&new_kernel);
}

static int set_up_old(void **state)
{
	return setting_start(&old_kernel);
}

static int tear_down(void **state)
{
	fake_heals(fake);
	while (waitpid(-1, NULL, 0) > 0)
		;
	setting_end();
	return 0;
}

/* Carry out a wish in a process of its own; true where it was killed. */
static bool carry_out_apart(const struct wish *wish, int timeout_ms)
{
	int status;
	pid_t tool = fork();

	if (tool == 0) {
		fake_tool_is(fake, getpid());
		signal(SIGINT, SIG_DFL);
		wish_carry_out(fake, wish, timeout_ms, ended);
		_exit(0);
	}
	assert_int_equal(waitpid(tool, &status, 0), tool);
	return WIFSIGNALED(status);
}

static void must_be_as_before(const char *when)
{
	_autofree_ char *now = fake_dump(fake);

	if (strcmp(now, before) != 0)
		fail_msg("%s (%s): it was\n%s\nand is\n%s", when, ended->message, before, now);
}

/* The number of the first write after write @after to such a file, or 0. */
static unsigned write_to(unsigned after, const char *file, const char *text)
{
	for (unsigned i = after + 1; i <= fake_count(fake); i++)
		if (strstr(fake_entry(fake, i)->file, file) &&
		    strcmp(fake_entry(fake, i)->text, text) == 0)
			return i;
	return 0;
}

static void must_be_closed(void)
{
	unsigned writes = fake_count(fake);

	setting_wish(NULL);
	assert_int_equal(ended->result, 0);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	assert_int_equal(fake_count(fake), writes);
}

static void a_device_is_removed_and_found_by_its_own_bus(void **state)
{
	setting_wish(&rescan_nic);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(fake_count(fake), 2);
	assert_string_equal(fake_entry(fake, 1)->file, FOLDER "/" NIC "/remove");
	assert_string_equal(fake_entry(fake, 2)->file, FOLDER "/pci_bus/0000:06/rescan");
	assert_int_equal(ended->groups_stable, ANSWER_YES);
	must_be_as_before("rescan");
	must_be_closed();
}

static void a_device_below_another_that_is_named_is_removed_with_it(void **state)
{
	static const struct wish both = {.verb = "rescan", .selectors = {NIC, PORT}};

	setting_wish(&both);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(write_to(0, NIC "/remove", "1"), 0);
	assert_int_not_equal(write_to(0, "/sys/devices/pci0000:00/pci_bus/0000:00/rescan", "1"), 0);
	must_be_as_before("rescan");
}

static void an_override_is_written_again_before_any_probe(void **state)
{
	unsigned off, removal, search, override, on, probe;

	setting_wish(&rescan_port);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	off = write_to(0, "drivers_autoprobe", "0");
	removal = write_to(off, "/remove", "1");
	search = write_to(removal, "/rescan", "1");
	override = write_to(search, GIVEN "/driver_override", "vfio-pci");
	on = write_to(override, "drivers_autoprobe", "1");
	probe = write_to(on, "drivers_probe", GIVEN);
	assert_true(off && removal && search && override && on && probe);
	must_be_as_before("rescan");
}

static void autoprobe_that_was_off_stays_off(void **state)
{
	_autofree_ char *now = NULL;

	tree_unpack("/sys/bus/pci/drivers_autoprobe = 0\n", fake_dir(fake));
	free(before);
	before = fake_dump(fake);
	setting_wish(&rescan_port);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(write_to(0, "drivers_autoprobe", "1"), 0);
	must_be_as_before("rescan");
}

static void a_kernel_that_probes_first_is_not_asked_to_keep_an_override(void **state)
{
	struct wish waived = rescan_port;

	setting_wish(&rescan_port);
	assert_int_equal(ended->code, ERROR_REFUSED);
	assert_non_null(strstr(ended->message, "override-kept"));
	waived.waive = "override-kept@" GIVEN;
	setting_wish(&waived);
	assert_int_equal(ended->code, ERROR_REFUSED);
	assert_int_equal(fake_count(fake), 0);
	setting_wish(&rescan_nic);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	must_be_as_before("rescan");
}

static void a_device_that_got_another_driver_is_told_and_does_not_lock_the_tool(void **state)
{
	fake_binds_at_once(fake);
	setting_wish(&rescan_port);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_non_null(strstr(ended->message, GIVEN " has the driver e1000e"));
	setting_wish(&rescan_nic);
	assert_int_equal(ended->code, ERROR_INTERRUPTED);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_LOST);
	setting_must_show(GIVEN ": driver=e1000e link=e1000e back=yes override=vfio-pci");
	assert_false(setting_shows("binds no new device"));
	must_be_closed();
}

static void a_device_that_does_not_come_back_is_recorded_as_lost(void **state)
{
	fake_finds_instead(fake, NIC, "");
	setting_wish(&rescan_port);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_non_null(strstr(ended->message, NIC " did not come back"));
	setting_must_show(GIVEN ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
	assert_false(setting_shows("binds no new device"));
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_LOST);
	assert_int_equal(ended->code, ERROR_IO);
	assert_non_null(strstr(ended->message, NIC " did not come back"));
	must_be_closed();
	setting_wish(&rescan_port);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
}

static void a_device_that_is_late_is_found_by_recover_with_its_override(void **state)
{
	unsigned writes, override, probe;

	fake_finds_instead(fake, GIVEN, "");
	setting_wish(&rescan_port);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	writes = fake_count(fake);
	fake_heals(fake);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	override = write_to(writes, GIVEN "/driver_override", "vfio-pci");
	probe = write_to(override, "drivers_probe", GIVEN);
	assert_true(override && probe);
	assert_int_not_equal(write_to(writes, "drivers_autoprobe", "0"), 0);
	must_be_as_before("recover");
	must_be_closed();
}

static void another_device_in_its_place_is_never_written_to(void **state)
{
	unsigned writes;

	fake_finds_instead(fake, GIVEN,
			   "pci " GIVEN " in " BELOW " group=9 id=10EC:8168 class=20000");
	setting_wish(&rescan_port);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_non_null(strstr(ended->message, "another device is in the place of " GIVEN));
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_LOST);
	for (writes = 1; writes <= fake_count(fake); writes++)
		assert_null(strstr(fake_entry(fake, writes)->file, GIVEN));
	assert_int_equal(write_to(0, "drivers_probe", GIVEN), 0);
	must_be_closed();
}

static void a_card_of_another_kind_is_not_the_one_that_was_removed(void **state)
{
	fake_finds_instead(fake, NIC, STRANGER);
	setting_wish(&rescan_nic);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_LOST);
}

static void a_device_at_another_address_is_the_same_and_restore_knows_it(void **state)
{
	setting_wish(&nic_to_vfio);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	fake_finds_instead(fake, NIC, MOVED_NIC);
	setting_wish(&rescan_nic);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show(
		"0000:09:00.0: driver=vfio-pci link=vfio-pci back=yes override=vfio-pci group=3");
	setting_wish(&all_back);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show("0000:09:00.0: driver=e1000e link=e1000e back=yes override=- group=3");
	must_be_closed();
}

static void restore_knows_a_device_that_came_back_at_its_address(void **state)
{
	setting_wish(&nic_to_vfio);
	setting_wish(&rescan_nic);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show(NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
	setting_wish(&all_back);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	must_be_as_before("restore");
}

static void another_number_of_a_group_is_no_failure(void **state)
{
	fake_renumbers_groups(fake, 20);
	setting_wish(&rescan_port);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(ended->groups_stable, ANSWER_YES);
	setting_must_show(NIC ": driver=e1000e link=e1000e back=yes override=- group=23");
}

static void another_member_of_a_group_is_a_failure(void **state)
{
	fake_regroups_after(fake, 2, NIC, 4);
	setting_wish(&rescan_nic);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_int_equal(ended->groups_stable, ANSWER_NO);
	setting_wish(NULL);
	assert_int_equal(ended->result, 0);
	must_be_closed();
}

static void an_override_that_cannot_be_written_stays_unfinished_until_it_can(void **state)
{
	const struct fake_fault fault = {FAKE_FAILS, 4, ENOMEM, true};

	fake_inject(fake, fault);
	setting_wish(&rescan_port);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_string_equal(fake_entry(fake, 4)->file, FOLDER "/" GIVEN "/driver_override");
	assert_false(setting_shows("binds no new device"));
	setting_must_show(GIVEN ": driver=- link=- back=no override=-");
	setting_wish(NULL);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	fake_heals(fake);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	must_be_as_before("recover");
	must_be_closed();
}

static void a_bus_that_is_gone_does_not_lock_the_tool(void **state)
{
	/* The port goes after the removal of the device below it. */
	fake_unplugs_after(fake, 1, PORT);
	setting_wish(&rescan_nic);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_LOST);
	must_be_closed();
}

static void a_removal_that_fails_leaves_all_as_it_was(void **state)
{
	static const struct fake_fault faults[] = {
		{FAKE_FAILS, 2, EIO, true}, {FAKE_LIES, 2, 0, false}, {FAKE_FAILS, 1, EIO, true}};

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		tear_down(NULL);
		set_up_new(NULL);
		fake_inject(fake, faults[i]);
		setting_wish(&rescan_port);
		assert_int_equal(ended->code, ERROR_ROLLED_BACK);
		assert_int_equal(write_to(0, "/rescan", "1"), 0);
		must_be_as_before("rescan");
		must_be_closed();
	}
}

static void the_second_removal_fails_and_the_first_device_is_back(void **state)
{
	static const struct wish both = {.verb = "rescan", .selectors = {NIC, "0000:01:00.0"}};

	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 2, EIO, true});
	setting_wish(&both);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	must_be_as_before("rescan");
	must_be_closed();
}

static void a_removal_that_hangs_is_pending_and_recovered(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_HANGS, 2, 0, false});
	carry_out_apart(&rescan_port, IMPATIENCE_MS);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_non_null(strstr(ended->message, "remove " PORT));
	setting_wish(&rescan_nic);
	assert_int_equal(ended->code, ERROR_LOCKED);
	fake_heals(fake);
	while (waitpid(-1, NULL, 0) > 0)
		;
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	must_be_as_before("recover");
	must_be_closed();
}

/* The end of one disturbed run, which recover has to finish where the run did not. */
static void must_end_well(bool killed, const char *when)
{
	fake_heals(fake);
	while (waitpid(-1, NULL, 0) > 0)
		;
	if (killed || ended->code == ERROR_UNFINISHED) {
		setting_wish(&rescan_nic);
		if (ended->code != ERROR_INTERRUPTED)
			fail_msg("%s: a new change is not refused: %s", when, ended->message);
		setting_wish(NULL);
		if (ended->result < 0)
			fail_msg("%s: recover: %s", when, ended->message);
	} else if (ended->code != ERROR_NONE && ended->code != ERROR_ROLLED_BACK &&
		   ended->code != ERROR_PERMISSION) {
		fail_msg("%s: %s", when, ended->message);
	}
	must_be_as_before(when);
	must_be_closed();
}

static const struct fake_fault disturbances[] = {
	{FAKE_KILLS_BEFORE, 0, 0, false},  {FAKE_KILLS_AFTER, 0, 0, false},
	{FAKE_ORPHANS, 0, 0, false},	   {FAKE_LOSES_WRITER, 0, 0, false},
	{FAKE_FAILS, 0, EIO, false},	   {FAKE_FAILS, 0, EACCES, true},
	{FAKE_FAILS_AFTER, 0, EIO, false}, {FAKE_LIES, 0, 0, false},
	{FAKE_HANGS, 0, 0, false},	   {FAKE_SIGNALS, 0, SIGINT, false},
	{FAKE_SIGNALS_ALL, 0, 0, false},
};

static unsigned writes_of_undisturbed(void)
{
	unsigned writes;

	setting_wish(&rescan_port);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	writes = fake_count(fake);
	assert_true(writes >= 6);
	return writes;
}

static bool strike(const struct fake_fault *fault, unsigned write)
{
	struct fake_fault copy = *fault;

	copy.write = write;
	fake_inject(fake, copy);
	return carry_out_apart(&rescan_port,
			       fault->kind == FAKE_HANGS ? IMPATIENCE_MS : PATIENCE_MS);
}

static void it_is_disturbed_at_each_write_and_nothing_is_lost(void **state)
{
	unsigned writes = writes_of_undisturbed();

	for (unsigned write = 1; write <= writes; write++) {
		for (size_t i = 0; i < ARRAY_SIZE(disturbances); i++) {
			char when[64];
			bool killed;

			tear_down(NULL);
			set_up_new(NULL);
			snprintf(when, sizeof(when), "kind %u at write %u",
				 (unsigned)disturbances[i].kind, write);
			killed = strike(&disturbances[i], write);
			if (disturbances[i].kind == FAKE_SIGNALS)
				assert_int_equal(ended->code, ERROR_ROLLED_BACK);
			if (disturbances[i].kind == FAKE_SIGNALS_ALL)
				assert_int_equal(ended->code, ERROR_NONE);
			must_end_well(killed, when);
		}
	}
}

static void recover_is_killed_at_each_write_too(void **state)
{
	static const enum fake_fault_kind kinds[] = {FAKE_KILLS_BEFORE, FAKE_KILLS_AFTER,
						     FAKE_ORPHANS};
	static const struct fake_fault kill = {FAKE_KILLS_AFTER, 0, 0, false};
	unsigned writes = writes_of_undisturbed();

	for (unsigned first = 1; first <= writes; first++) {
		for (unsigned second = first + 1; second <= first + writes; second++) {
			char when[64];

			tear_down(NULL);
			set_up_new(NULL);
			snprintf(when, sizeof(when), "killed at %u and %u", first, second);
			assert_true(strike(&kill, first));
			fake_inject(fake, (struct fake_fault){kinds[second % ARRAY_SIZE(kinds)],
							      second, 0, false});
			if (!carry_out_apart(NULL, PATIENCE_MS)) {
				assert_int_equal(ended->result, 0);
				must_be_as_before(when);
				must_be_closed();
				break;
			}
			must_end_well(true, when);
		}
	}
}

static int open_all(void **state)
{
	/* Writers that are left behind become children of this process. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	scenarios_open();
	return 0;
}

static int close_all(void **state)
{
	scenarios_close();
	return 0;
}

#define ON_NEW(test) cmocka_unit_test_setup_teardown(test, set_up_new, tear_down)
#define ON_OLD(test) cmocka_unit_test_setup_teardown(test, set_up_old, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_NEW(a_device_is_removed_and_found_by_its_own_bus),
		ON_NEW(a_device_below_another_that_is_named_is_removed_with_it),
		ON_NEW(an_override_is_written_again_before_any_probe),
		ON_NEW(autoprobe_that_was_off_stays_off),
		ON_OLD(a_kernel_that_probes_first_is_not_asked_to_keep_an_override),
		ON_NEW(a_device_that_got_another_driver_is_told_and_does_not_lock_the_tool),
		ON_NEW(a_device_that_does_not_come_back_is_recorded_as_lost),
		ON_NEW(a_device_that_is_late_is_found_by_recover_with_its_override),
		ON_NEW(another_device_in_its_place_is_never_written_to),
		ON_NEW(a_card_of_another_kind_is_not_the_one_that_was_removed),
		ON_NEW(a_device_at_another_address_is_the_same_and_restore_knows_it),
		ON_NEW(restore_knows_a_device_that_came_back_at_its_address),
		ON_NEW(another_number_of_a_group_is_no_failure),
		ON_NEW(another_member_of_a_group_is_a_failure),
		ON_NEW(an_override_that_cannot_be_written_stays_unfinished_until_it_can),
		ON_NEW(a_bus_that_is_gone_does_not_lock_the_tool),
		ON_NEW(a_removal_that_fails_leaves_all_as_it_was),
		ON_NEW(the_second_removal_fails_and_the_first_device_is_back),
		ON_NEW(a_removal_that_hangs_is_pending_and_recovered),
		ON_NEW(it_is_disturbed_at_each_write_and_nothing_is_lost),
		ON_NEW(recover_is_killed_at_each_write_too),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
