/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual functions that are made and removed: each outcome. The sweep disturbs it at each write.
 */
#include "crash/setting.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>

#define NIC "0000:02:00.0"
#define FIRST "0000:02:10.0"
#define SECOND "0000:02:10.1"
#define FOLDER "/sys/devices/pci0000:00/" NIC

/* A card with four virtual functions at most; its driver is e1000e. */
static const struct scenario card = {
	.name = "a card",
	.tree = "group 2\n"
		"pci " NIC
		" in pci0000:00 group=2 driver=e1000e header=0 id=8086:10D3 class=20000\n" FOLDER
		"/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n" FOLDER
		"/sriov_totalvfs = 4\n" FOLDER "/sriov_numvfs = 0\n" FOLDER
		"/sriov_drivers_autoprobe = 1\n",
	.modules = {"vfio_iommu_type1", "vfio_pci", "igbvf"},
};

static const struct wish two = {
	.verb = "vfs", .driver = "vfio-pci", .driven = true, .functions = 2, .selectors = {NIC}};
static const struct wish one_native = {.verb = "vfs", .functions = 1, .selectors = {NIC}};
static const struct wish none = {.verb = "vfs", .selectors = {NIC}};

static int start_card(void **state)
{
	return setting_start(&card);
}

static void the_same_count_is_nothing_to_do(void **state)
{
	setting_wish(&none);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	setting_wish(&two);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_wish(&two);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	assert_int_equal(fake_count(fake), 7);
	setting_must_be_closed();
}

static void the_same_count_with_another_driver_moves_them_and_restore_undoes_that(void **state)
{
	struct wish released = two;

	released.driver = NULL;
	setting_wish(&two);
	setting_wish(&released);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show(FIRST ": driver=- link=- back=no override=none");
	setting_wish(&(struct wish){.verb = "restore", .all = true});
	setting_must_show(SECOND ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
}

static void a_function_in_use_is_not_removed(void **state)
{
	unsigned writes;

	setting_wish(&two);
	writes = fake_count(fake);
	tree_unpack("/proc/812/comm = qemu\n/proc/812/fd/9 -> /dev/vfio/3\n", fake_dir(fake));
	setting_wish(&none);
	assert_int_equal(ended->code, ERROR_REFUSED);
	assert_non_null(strstr(ended->message, SECOND));
	setting_wish(&one_native);
	assert_int_equal(ended->code, ERROR_REFUSED);
	assert_int_equal(fake_count(fake), writes);
}

static void a_count_that_the_card_cannot_have_is_refused(void **state)
{
	setting_wish(&(struct wish){.verb = "vfs", .functions = 5, .selectors = {NIC}});
	assert_int_equal(ended->code, ERROR_REFUSED);
	assert_non_null(strstr(ended->message, "4 virtual functions at most"));
	setting_wish(&(struct wish){.verb = "vfs", .functions = 1, .selectors = {"0000:01:00.0"}});
	assert_int_equal(ended->code, ERROR_REFUSED);
	assert_int_equal(fake_count(fake), 0);
}

static void two_devices_are_one_too_many(void **state)
{
	setting_wish(&(struct wish){.verb = "vfs", .selectors = {NIC, "0000:01:00.0"}});
	assert_int_equal(ended->code, ERROR_USAGE);
}

static void a_function_in_the_group_of_the_card_cannot_go_to_vfio(void **state)
{
	fake_regroups_after(fake, 2, FIRST, 2);
	setting_wish(&two);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_non_null(strstr(ended->message, "other members keep VFIO from opening it"));
	setting_must_be_as_before("a shared group");
	setting_must_be_closed();
}

static void a_function_in_the_group_of_the_card_may_serve_the_host(void **state)
{
	fake_regroups_after(fake, 1, FIRST, 2);
	setting_wish(&one_native);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(ended->groups_stable, ANSWER_YES);
	setting_must_show(FIRST ": driver=igbvf link=igbvf back=yes override=- group=2");
}

static void a_driver_that_fails_takes_all_functions_away_again(void **state)
{
	fake_bind_fails_with(fake, "vfio-pci", EIO);
	setting_wish(&two);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_non_null(strstr(ended->message, "everything is as it was before"));
	setting_must_be_as_before("a driver fails");
	setting_must_be_closed();
}

static void functions_that_another_made_are_not_counted_as_ours(void **state)
{
	fake_writes_after(fake, 1, FOLDER "/sriov_numvfs", "3");
	setting_wish(&two);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_non_null(strstr(ended->message, "another process has changed their number"));
	setting_must_show("functions of " NIC ": 3, autoprobe 1");
	setting_must_be_closed();
}

static void a_card_that_is_replaced_gets_no_write(void **state)
{
	unsigned writes;

	fake_replaces_after(fake, 2, NIC,
			    "pci " NIC " in pci0000:00 group=9 driver=e1000e id=10EC:8168\n"
			    "group 9\n" FOLDER "/sriov_numvfs = 2\n" FOLDER
			    "/sriov_totalvfs = 4\n" FOLDER "/sriov_drivers_autoprobe = 0\n");
	setting_wish(&two);
	assert_int_not_equal(ended->code, ERROR_NONE);
	for (writes = 3; writes <= fake_count(fake); writes++)
		assert_null(strstr(fake_entry(fake, writes)->file, FOLDER));
}

static void a_moved_function_that_is_removed_is_forgotten(void **state)
{
	static const struct wish by_kernel = {.verb = "vfs", .functions = 2, .selectors = {NIC}};
	static const struct wish moved = {
		.verb = "rebind", .driver = "vfio-pci", .selectors = {FIRST}};

	setting_wish(&by_kernel);
	setting_wish(&moved);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_wish(&one_native);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show(FIRST ": driver=igbvf link=igbvf back=yes override=- ");
	setting_wish(&(struct wish){.verb = "restore", .all = true});
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
}

static void a_moved_function_that_is_made_again_can_be_restored(void **state)
{
	static const struct wish by_kernel = {.verb = "vfs", .functions = 2, .selectors = {NIC}};
	static const struct wish moved = {
		.verb = "rebind", .driver = "vfio-pci", .selectors = {FIRST}};
	unsigned writes;

	setting_wish(&by_kernel);
	setting_wish(&moved);
	writes = fake_count(fake);
	/* autoprobe, two functions with two steps each, count 0, autoprobe, and the new count */
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, writes + 8, EIO, true});
	setting_wish(&one_native);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	fake_heals(fake);
	setting_must_show(FIRST ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
	setting_must_show(SECOND ": driver=igbvf link=igbvf back=yes override=- ");
	setting_wish(&(struct wish){.verb = "restore", .all = true});
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show(FIRST ": driver=igbvf link=igbvf back=yes override=- ");
}

static void a_dry_run_writes_nothing(void **state)
{
	struct wish dry = two;

	dry.dry_run = true;
	setting_wish(&dry);
	assert_int_equal(ended->code, ERROR_NONE);
	assert_int_equal(fake_count(fake), 0);
}

#define ON_A_CARD(test) cmocka_unit_test_setup_teardown(test, start_card, setting_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_CARD(the_same_count_is_nothing_to_do),
		ON_A_CARD(the_same_count_with_another_driver_moves_them_and_restore_undoes_that),
		ON_A_CARD(a_function_in_use_is_not_removed),
		ON_A_CARD(a_count_that_the_card_cannot_have_is_refused),
		ON_A_CARD(two_devices_are_one_too_many),
		ON_A_CARD(a_function_in_the_group_of_the_card_cannot_go_to_vfio),
		ON_A_CARD(a_function_in_the_group_of_the_card_may_serve_the_host),
		ON_A_CARD(a_driver_that_fails_takes_all_functions_away_again),
		ON_A_CARD(functions_that_another_made_are_not_counted_as_ours),
		ON_A_CARD(a_card_that_is_replaced_gets_no_write),
		ON_A_CARD(a_moved_function_that_is_removed_is_forgotten),
		ON_A_CARD(a_moved_function_that_is_made_again_can_be_restored),
		ON_A_CARD(a_dry_run_writes_nothing),
	};

	return cmocka_run_group_tests(tests, setting_open, setting_close);
}
