/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes whose records reach the disk up to some flush, and none after it. */
#include "base/text.h"
#include "support/changing.h"
#include "support/check.h"
#include "support/history.h"

#include <errno.h>
#include <string.h>

/*
 * A command on a disk that fails.  @prepare: before it; may be NULL     @verb: NULL recover
 * @drivers: one of them is bound after recover; "" none
 */
struct frail {
	const char *verb, *driver;
	void (*prepare)(void);
	const char *drivers;
};

static int carry_out_frail(const struct frail *frail)
{
	return frail->verb ? changing_make(frail->verb, frail->driver, NIC, (struct request){0})
			   : changing_recover();
}

static void recover_leaves_one_of(const char *drivers)
{
	char place[PATH_SIZE] = "";
	unsigned writes;

	/* A device that is lost is reported as an error, once. */
	assert_true(changing_recover() == 0 || !*drivers);
	writes = fake_count(changing.fake);
	assert_int_equal(changing_recover(), 0);
	assert_int_equal(fake_count(changing.fake), writes);
	assert_true(root_follow(changing.root, NIC_PATH, "driver", place) >= 0);
	assert_int_equal(!*place, !*drivers);
	assert_non_null(strstr(drivers, text_basename(place)));
}

/* Carry it out with @flushes that work; false where it needed no more. */
static bool fails_after(const struct frail *frail, unsigned flushes)
{
	bool failed;

	assert_int_equal(changing_start(NULL), 0);
	if (frail->prepare)
		frail->prepare();
	history.flush_works_until = history.flushes + flushes;
	history.flush_fails_with = EIO;
	carry_out_frail(frail);
	failed = history.flushes > history.flush_works_until;
	history.flush_fails_with = 0;
	history.flush_works_until = 0;
	recover_leaves_one_of(frail->drivers);
	changing_end(NULL);
	return failed;
}

static void expect_recovery(const struct frail *frail)
{
	unsigned flushes = 0;

	while (fails_after(frail, flushes))
		flushes++;
	/* The journal and one event at the least. */
	assert_true(flushes >= 2);
}

static void a_rescan_is_recovered_whatever_reached_the_disk(void **state)
{
	expect_recovery(&(struct frail){.verb = "rescan", .drivers = "e1000e"});
}

static void let_removal_fail(void)
{
	fake_inject(changing.fake,
		    (struct fake_fault){.kind = FAKE_FAILS, .write = 1, .detail = EIO});
}

static void a_rescan_that_fails_is_recovered_whatever_reached_the_disk(void **state)
{
	expect_recovery(&(struct frail){
		.verb = "rescan", .prepare = let_removal_fail, .drivers = "e1000e"});
}

static void lose_device(void)
{
	fake_finds_instead(changing.fake, NIC, "");
	assert_int_equal(changing_make("rescan", NULL, NIC, (struct request){0}), 5);
}

static void leave_rebind_unfinished(void)
{
	fake_probe_defers(changing.fake, NIC);
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 5);
	fake_heals(changing.fake);
}

static void a_recovery_is_repeated_whatever_reached_the_disk(void **state)
{
	expect_recovery(&(struct frail){.prepare = leave_rebind_unfinished, .drivers = "e1000e"});
}

static void a_lost_device_is_recorded_whatever_reached_the_disk_before(void **state)
{
	expect_recovery(&(struct frail){.prepare = lose_device, .drivers = ""});
}

static void rebind_to_vfio(void)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
}

static void a_restore_is_recovered_whatever_reached_the_disk(void **state)
{
	expect_recovery(&(struct frail){
		.verb = "restore", .prepare = rebind_to_vfio, .drivers = "e1000e vfio-pci"});
}

UNIT(change_full_store)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rescan_is_recovered_whatever_reached_the_disk),
		cmocka_unit_test(a_rescan_that_fails_is_recovered_whatever_reached_the_disk),
		cmocka_unit_test(a_recovery_is_repeated_whatever_reached_the_disk),
		cmocka_unit_test(a_lost_device_is_recorded_whatever_reached_the_disk_before),
		cmocka_unit_test(a_restore_is_recovered_whatever_reached_the_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
