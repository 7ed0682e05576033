/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that are removed and replaced during a transaction, and between two of them. */
#include "crash/pair.h"
#include "crash/setting.h"

#include "support/check.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Another card at the address of the first. */
#define STRANGER "pci " FIRST " in pci0000:00 group=2 id=10EC:8168 class=20000"

/* Another card of the same model, with the same uevent. */
#define TWIN                                                                                 \
	"pci " FIRST " in pci0000:00 group=2 driver=e1000e " NIC_ID "\n" FIRST_PATH MODALIAS \
	"group 2\n"

#define BRIDGE "0000:00:05.0"
#define CHILD "0000:05:00.0"

/* A bridge, with a device behind it that has no driver. */
static const struct scenario with_child = {
	.name = "with a child",
	.tree = "group 2\n"
		"group 3\n"
		"pci " BRIDGE " in pci0000:00 group=2 driver=pcieport id=1B36:000C class=60400\n"
		"/sys/devices/pci0000:00/" BRIDGE
		"/modalias = pci:v00001B36d0000000Csv00000000sd00000000bc06sc04i00\n"
		"pci " CHILD " in pci0000:00/" BRIDGE " group=3 " NIC_ID "\n"
		"/sys/devices/pci0000:00/" BRIDGE "/" CHILD MODALIAS,
	.modules = {"vfio_iommu_type1", "vfio_pci"},
};

static const struct wish bridge_to_none = {.verb = "unbind", .selectors = {BRIDGE}};
static const struct wish all_back = {.verb = "restore", .all = true};

static int set_up_child(void **state)
{
	return setting_start(&with_child);
}

static bool is_about(const struct fake_entry *entry, const char *device)
{
	return strstr(entry->file, device) || strstr(entry->text, device);
}

/* Fails the test where an entry of the fake from @entry on is about the first device. */
static void must_not_touch_first_from(unsigned entry)
{
	for (; entry <= fake_count(fake); entry++)
		assert_false(is_about(fake_entry(fake, entry), FIRST));
}

/* Six writes: override, unbind and bind of the first device, then of the second. */
static void a_device_that_goes_is_not_written_to_again_and_the_other_is_put_back(void **state)
{
	for (unsigned write = 1; write <= 6; write++) {
		unsigned first;

		setting_tear_down(NULL);
		setting_start(&pair);
		first = fake_count(fake);
		fake_unplugs_after(fake, write, FIRST);
		setting_wish(&both_to_vfio);
		assert_int_equal(ended->code, ERROR_ROLLED_BACK);
		assert_int_equal(ended->state, LOOK_GONE);
		assert_null(strstr(ended->message, "everything is as it was"));
		assert_non_null(strstr(ended->message, "1 of 2 devices could not be put back"));
		assert_false(setting_shows(FIRST));
		setting_must_show(SECOND ": driver=e1000e link=e1000e back=yes override=- group=2");
		must_not_touch_first_from(first + write + 1);
	}
}

static void another_device_in_its_place_is_never_written_to(void **state)
{
	for (unsigned write = 1; write <= 6; write++) {
		unsigned first;

		setting_tear_down(NULL);
		setting_start(&pair);
		first = fake_count(fake);
		fake_replaces_after(fake, write, FIRST, STRANGER);
		setting_wish(&both_to_vfio);
		assert_int_equal(ended->code, ERROR_ROLLED_BACK);
		setting_must_show(FIRST ": driver=- link=- back=no override=- group=2");
		setting_must_show(SECOND ": driver=e1000e link=e1000e back=yes override=- group=2");
		must_not_touch_first_from(first + write + 1);
	}
}

/* Address and IDs are the same: only the inode of its folder differs. */
static void a_card_of_the_same_model_in_its_place_is_never_written_to(void **state)
{
	for (unsigned write = 1; write <= 6; write++) {
		unsigned first;

		setting_tear_down(NULL);
		setting_start(&pair);
		first = fake_count(fake);
		fake_replaces_after(fake, write, FIRST, TWIN);
		setting_wish(&both_to_vfio);
		assert_int_equal(ended->code, ERROR_ROLLED_BACK);
		setting_must_show(FIRST ": driver=e1000e link=e1000e back=yes override=- group=2");
		setting_must_show(SECOND ": driver=e1000e link=e1000e back=yes override=- group=2");
		must_not_touch_first_from(first + write + 1);
	}
}

/* Devices below a target are touched by its writes: the transaction fails if one goes. */
static void a_child_that_goes_is_reported_and_its_parent_put_back(void **state)
{
	unsigned writes;

	setting_wish(&bridge_to_none);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	writes = fake_count(fake);
	assert_in_range(writes, 2, 6);
	for (unsigned write = 1; write <= writes; write++) {
		setting_tear_down(NULL);
		setting_start(&with_child);
		fake_unplugs_after(fake, write, CHILD);
		setting_wish(&bridge_to_none);
		assert_int_equal(ended->code, ERROR_ROLLED_BACK);
		assert_non_null(strstr(ended->message, CHILD " is gone"));
		assert_null(strstr(ended->message, "everything is as it was"));
		assert_false(setting_shows(CHILD));
		setting_must_show(BRIDGE
				  ": driver=pcieport link=pcieport back=yes override=- group=2");
	}
}

static void restore_forgets_a_device_that_a_card_of_the_same_model_replaced(void **state)
{
	unsigned writes;

	setting_wish(&first_to_vfio);
	assert_int_equal(ended->result, 0);
	fake_unplug(fake, "pci", FIRST);
	fake_plug(fake, TWIN);
	writes = fake_count(fake);
	setting_wish(&all_back);
	assert_int_equal(ended->result, 0);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	assert_int_equal(fake_count(fake), writes);
	setting_must_show(FIRST ": driver=e1000e link=e1000e back=yes override=- group=2");
	/* The new card is moved like any other device. */
	setting_wish(&first_to_vfio);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_wish(&first_back);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show(FIRST ": driver=e1000e link=e1000e back=yes override=- group=2");
}

static void the_memory_of_a_device_is_not_used_for_another(void **state)
{
	unsigned writes;

	setting_wish(&first_to_vfio);
	assert_int_equal(ended->result, 0);
	fake_unplug(fake, "pci", FIRST);
	fake_plug(fake, STRANGER);
	writes = fake_count(fake);
	setting_wish(&first_back);
	assert_int_equal(ended->result, 0);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	assert_int_equal(fake_count(fake), writes);
	setting_must_show(FIRST ": driver=- link=- back=no override=- group=2");
}

static void a_device_that_has_gone_is_forgotten_and_no_failure(void **state)
{
	setting_wish(&first_to_vfio);
	assert_int_equal(ended->result, 0);
	fake_unplug(fake, "pci", FIRST);
	setting_wish(&first_back);
	assert_int_equal(ended->result, 0);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	setting_wish(&first_back);
	assert_int_equal(ended->code, ERROR_NO_MATCH);
}

static void recover_leaves_another_device_alone(void **state)
{
	unsigned writes;
	pid_t tool;

	fake_inject(fake, (struct fake_fault){FAKE_KILLS_AFTER, 3, 0, false});
	tool = fork();
	if (tool == 0) {
		fake_tool_is(fake, getpid());
		setting_wish(&first_to_vfio);
		_exit(0);
	}
	assert_true(WIFSIGNALED(setting_wait_for(tool)));
	fake_heals(fake);
	fake_unplug(fake, "pci", FIRST);
	fake_plug(fake, STRANGER);
	writes = fake_count(fake);
	/* The child that writes may not have ended yet. */
	setting_wish(NULL);
	assert_int_equal(ended->result, 0);
	assert_int_equal(fake_count(fake), writes);
	setting_must_show(FIRST ": driver=- link=- back=no override=- group=2");
}

#define WITH_CHILD(test) cmocka_unit_test_setup_teardown(test, set_up_child, setting_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(a_device_that_goes_is_not_written_to_again_and_the_other_is_put_back),
		WITH_PAIR(another_device_in_its_place_is_never_written_to),
		WITH_PAIR(a_card_of_the_same_model_in_its_place_is_never_written_to),
		WITH_CHILD(a_child_that_goes_is_reported_and_its_parent_put_back),
		WITH_APART(restore_forgets_a_device_that_a_card_of_the_same_model_replaced),
		WITH_APART(the_memory_of_a_device_is_not_used_for_another),
		WITH_APART(a_device_that_has_gone_is_forgotten_and_no_failure),
		WITH_APART(recover_leaves_another_device_alone),
	};

	return cmocka_run_group_tests(tests, setting_open, setting_close);
}
