/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Claims on disks, on a kernel of which only the claim matters. */
#include "actions/hold.h"
#include "model/build.h"
#include "support/check.h"
#include "support/few_files.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct root *root;
static char *dir;
static int claim_result, sda_result;

/* Runs in the child: 0 is a descriptor, and a positive result the end of the child. */
static int claim(const struct kernel *kernel, const struct root *tree, const char *node,
		 dev_t number)
{
	if (sda_result && strcmp(node, "sda") == 0)
		return sda_result;
	if (claim_result > 0)
		_exit(claim_result);
	return claim_result < 0 ? claim_result : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static const struct kernel kernel = {.claim = claim};

static int start(void **state)
{
	struct error error = {0};

	dir = tree_new("/run/\n");
	return root_open(dir, &root, &error);
}

static int end(void **state)
{
	root_free(root);
	tree_remove(dir);
	return 0;
}

static const struct system *make_two_disks(void)
{
	struct build *build = build_new();
	struct device *device = build_device(build, "pci", "0000:01:00.0", "/sys/devices/x");

	build_disk(build, device, (struct disk){"sda", makedev(8, 0)});
	build_disk(build, device, (struct disk){"sdb", makedev(8, 16)});
	return build_seal(build, FACT_USES);
}

/* The result of a claim on two disks that the kernel answers with @result. */
static int hold_with(int result, struct hold *hold, struct error *error)
{
	const struct host host = {.root = root, .kernel = &kernel};
	const struct system *system = make_two_disks();
	int held;

	claim_result = result;
	sda_result = 0;
	*error = (struct error){0};
	held = hold_disks(&host, system->devices[0], hold, error);
	system_free(system);
	return held;
}

static void disks_are_held_by_a_process_until_the_end(void **state)
{
	struct hold hold;
	struct error error;
	pid_t pid;

	assert_int_equal(hold_with(0, &hold, &error), 0);
	pid = hold_pid(&hold);
	assert_true(pid > 0);
	assert_int_equal(kill(pid, 0), 0);
	hold_end_soon(&hold);
	hold_end(&hold);
	assert_int_equal(hold_pid(&hold), 0);
	assert_int_equal(kill(pid, 0), -1);
	hold_end_soon(&hold);
	hold_end(&hold);
}

static void the_answer_of_the_kernel_decides(void **state)
{
	static const struct {
		int result, expected;
		const char *message;
	} rows[] = {
		{-ENOMEDIUM, 0, ""},
		{-ENXIO, 0, ""},
		{-EBUSY, -EBUSY, "came into use after the check: /dev/sda is claimed"},
		{-EIO, -EIO, "cannot claim /dev/sda of 0000:01:00.0"},
		{3, -ECONNABORTED, "cannot claim /dev/sda of 0000:01:00.0"},
	};
	struct hold hold;
	struct error error;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(hold_with(rows[i].result, &hold, &error), rows[i].expected);
		assert_non_null(strstr(error.message, rows[i].message));
		assert_int_equal(hold.started, rows[i].expected == 0);
		hold_end(&hold);
	}
}

/* The first disk has a use that was waived, or is dead; the second is free. */
static void a_claimed_disk_leaves_the_others_to_hold(void **state)
{
	static const struct {
		int first, second;
		bool held;
	} rows[] = {
		{-EBUSY, 0, true}, {-EBUSY, -EBUSY, true}, {0, 0, true},
		{-EIO, 0, false},  {-EBUSY, -EIO, false},
	};
	const struct host host = {.root = root, .kernel = &kernel};
	const struct system *system = make_two_disks();
	struct hold hold;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		sda_result = rows[i].first;
		claim_result = rows[i].second;
		hold_other_disks(&host, system->devices[0], &hold);
		assert_int_equal(hold_pid(&hold) > 0, rows[i].held);
		hold_end(&hold);
	}
	sda_result = 0;
	system_free(system);
}

static void without_a_process_nothing_is_held(void **state)
{
	struct error error;
	struct hold hold;
	int result;

	few_files_start();
	result = hold_with(0, &hold, &error);
	few_files_end();
	assert_int_equal(result, -EMFILE);
	assert_int_equal(error.code, ERROR_REFUSED);
	assert_non_null(strstr(error.message, "cannot claim the disks of 0000:01:00.0"));
	assert_int_equal(hold_pid(&hold), 0);
}

static void a_device_without_disks_needs_no_process(void **state)
{
	const struct host host = {.root = root, .kernel = &kernel};
	const struct uses none = {0};
	const struct device unread = {.label = "x"}, idle = {.label = "x", .uses = &none};
	struct error error = {0};
	struct hold hold;

	assert_int_equal(hold_disks(&host, &unread, &hold, &error), 0);
	assert_int_equal(hold_pid(&hold), 0);
	assert_int_equal(hold_disks(&host, &idle, &hold, &error), 0);
	assert_int_equal(hold_pid(&hold), 0);
}

UNIT(hold)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disks_are_held_by_a_process_until_the_end),
		cmocka_unit_test(the_answer_of_the_kernel_decides),
		cmocka_unit_test(a_claimed_disk_leaves_the_others_to_hold),
		cmocka_unit_test(without_a_process_nothing_is_held),
		cmocka_unit_test(a_device_without_disks_needs_no_process),
	};

	return cmocka_run_group_tests(tests, start, end);
}
