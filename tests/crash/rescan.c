/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that are removed and found again: each outcome. Whatever happens, recover ends with all
 * that can come back as it was, and with no transaction that stays open without end.
 */
#include "crash/port.h"
#include "crash/setting.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>

#define STRANGER "pci " NIC " in " BELOW " group=9 id=10EC:8168 class=20000"
#define MOVED_NIC                                                   \
	"pci 0000:09:00.0 in " BELOW " group=3 " NIC_ID "\n" FOLDER \
	"/0000:09:00.0/modalias = " NIC_ALIAS "\ngroup 3\n"

static const struct wish nic_to_vfio = {.verb = "rebind", .driver = "vfio-pci", .selectors = {NIC}};
static const struct wish all_back = {.verb = "restore", .all = true};

/* The number of the first write after write @after to such a file, or 0. */
static unsigned write_to(unsigned after, const char *file, const char *text)
{
	for (unsigned i = after + 1; i <= fake_count(fake); i++)
		if (strstr(fake_entry(fake, i)->file, file) &&
		    strcmp(fake_entry(fake, i)->text, text) == 0)
			return i;
	return 0;
}

static void a_device_is_removed_and_found_by_its_own_bus(void **state)
{
	setting_wish(&rescan_nic);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(fake_count(fake), 2);
	assert_string_equal(fake_entry(fake, 1)->file, FOLDER "/" NIC "/remove");
	assert_string_equal(fake_entry(fake, 2)->file, FOLDER "/pci_bus/0000:06/rescan");
	assert_int_equal(ended->groups_stable, ANSWER_YES);
	setting_must_be_as_before("rescan");
	setting_must_be_closed();
}

static void a_device_below_another_that_is_named_is_removed_with_it(void **state)
{
	static const struct wish both = {.verb = "rescan", .selectors = {NIC, PORT}};

	setting_wish(&both);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(write_to(0, NIC "/remove", "1"), 0);
	assert_int_not_equal(write_to(0, "/sys/devices/pci0000:00/pci_bus/0000:00/rescan", "1"), 0);
	setting_must_be_as_before("rescan");
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
	setting_must_be_as_before("rescan");
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
	setting_must_be_as_before("rescan");
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
	setting_must_be_as_before("rescan");
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
	setting_must_be_closed();
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
	setting_must_be_closed();
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
	setting_must_be_as_before("recover");
	setting_must_be_closed();
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
	setting_must_be_closed();
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
	setting_must_be_closed();
}

static void restore_knows_a_device_that_came_back_at_its_address(void **state)
{
	setting_wish(&nic_to_vfio);
	setting_wish(&rescan_nic);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show(NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
	setting_wish(&all_back);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_be_as_before("restore");
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
	setting_must_be_closed();
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
	setting_must_be_as_before("recover");
	setting_must_be_closed();
}

static void a_bus_that_is_gone_does_not_lock_the_tool(void **state)
{
	/* The port goes after the removal of the device below it. */
	fake_unplugs_after(fake, 1, PORT);
	setting_wish(&rescan_nic);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_LOST);
	setting_must_be_closed();
}

static void a_removal_that_fails_leaves_all_as_it_was(void **state)
{
	static const struct fake_fault faults[] = {
		{FAKE_FAILS, 2, EIO, true}, {FAKE_LIES, 2, 0, false}, {FAKE_FAILS, 1, EIO, true}};

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		port_tear_down(NULL);
		port_set_up(NULL);
		fake_inject(fake, faults[i]);
		setting_wish(&rescan_port);
		assert_int_equal(ended->code, ERROR_ROLLED_BACK);
		assert_int_equal(write_to(0, "/rescan", "1"), 0);
		setting_must_be_as_before("rescan");
		setting_must_be_closed();
	}
}

static void the_second_removal_fails_and_the_first_device_is_back(void **state)
{
	static const struct wish both = {.verb = "rescan", .selectors = {NIC, "0000:01:00.0"}};

	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 2, EIO, true});
	setting_wish(&both);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	setting_must_be_as_before("rescan");
	setting_must_be_closed();
}

static void a_removal_that_hangs_is_pending_and_recovered(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_HANGS, 2, 0, false});
	setting_wish_apart(&rescan_port, IMPATIENCE_MS);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_non_null(strstr(ended->message, "remove " PORT));
	setting_wish(&rescan_nic);
	assert_int_equal(ended->code, ERROR_LOCKED);
	fake_heals(fake);
	setting_wait_for_writers();
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_be_as_before("recover");
	setting_must_be_closed();
}

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
	};

	return cmocka_run_group_tests(tests, port_open, setting_close);
}
