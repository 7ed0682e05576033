/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes by a process that may not write, or not read the files of iommuctl. */
#include "actions/store.h"
#include "support/changing.h"
#include "support/check.h"

#include <errno.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

/* User and group of files that belong to no user. */
enum { NOBODY = 65534 };

static int start(void **state)
{
	int result = changing_start(state);

	/* The tree can be read by all users; the store has files of root. */
	return result < 0 ? result : chmod(fake_dir(changing.fake), 0755);
}

/* From here on root may open no more files than other users; the user ID of the process stays. */
static void lose_rights(void)
{
	if (geteuid() != 0)
		skip();
	setfsuid(NOBODY);
}

static int end(void **state)
{
	setfsuid(0);
	return changing_end(state);
}

static void a_dry_run_needs_no_store(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	lose_rights();
	assert_int_equal(changing_make("unbind", NULL, NIC, (struct request){.dry_run = true}), 0);
}

static void a_change_without_a_store_is_refused(void **state)
{
	unsigned before;

	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	before = fake_count(changing.fake);
	lose_rights();
	assert_int_equal(changing_rebind(NIC, "e1000e"), error_exit_status(ERROR_PERMISSION));
	changing_must_say(changing.said.err, "cannot open " STORE_DIR);
	assert_int_equal(fake_count(changing.fake), before);
}

static void a_store_that_cannot_be_made_is_a_matter_of_permission(void **state)
{
	lose_rights();
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), error_exit_status(ERROR_PERMISSION));
	changing_must_say(changing.said.err, "cannot make " STORE_DIR);
}

static void files_that_cannot_be_written_are_found_before_the_first_write(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	assert_int_equal(chmod(changing_path(STORE_DIR), 0755), 0);
	assert_int_equal(chmod(changing_path(STORE_DIR "/lock"), 0666), 0);
	assert_int_equal(chmod(changing_path(STORE_DIR "/journal"), 0644), 0);
	assert_int_equal(chmod(changing_path(STORE_DIR "/taken"), 0644), 0);
	lose_rights();
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), error_exit_status(ERROR_PERMISSION));
	changing_must_say(changing.said.err, "cannot write to /sys/");
	changing_must_say(changing.said.err, "Nothing was changed");
}

static void a_device_that_the_kernel_has_locked_is_not_touched(void **state)
{
	changing_end(NULL);
	assert_int_equal(
		changing_start_with("/iommuctl/unreadable = " NIC_PATH "/driver_override\\tbusy\n"),
		0);
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), error_exit_status(ERROR_REFUSED));
	changing_must_say(changing.said.err, "the kernel holds its lock");
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_store_that_is_no_folder_stops_a_dry_run_too(void **state)
{
	fake_plug(changing.fake, STORE_DIR " = a file\n");
	assert_true(changing_make("rebind", "vfio-pci", NIC, (struct request){.dry_run = true}) >
		    0);
	changing_must_say(changing.said.err, "cannot use " STORE_DIR);
}

static void a_memory_that_makes_no_sense_stops_a_change(void **state)
{
	struct store *store;
	struct error error = {0};

	assert_int_equal(store_open(changing.root, true, &store, &error), 0);
	store_free(store);
	fake_plug(changing.fake, STORE_DIR "/taken = nothing that iommuctl wrote\n");
	assert_true(changing_rebind(NIC, "vfio-pci") > 0);
	changing_must_say(changing.said.err, STORE_DIR "/taken");
	assert_int_equal(fake_count(changing.fake), 0);
}

UNIT(change_permission)
{
#define WITH_RIGHTS(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		WITH_RIGHTS(a_dry_run_needs_no_store),
		WITH_RIGHTS(a_change_without_a_store_is_refused),
		WITH_RIGHTS(a_store_that_cannot_be_made_is_a_matter_of_permission),
		WITH_RIGHTS(files_that_cannot_be_written_are_found_before_the_first_write),
		WITH_RIGHTS(a_device_that_the_kernel_has_locked_is_not_touched),
		WITH_RIGHTS(a_store_that_is_no_folder_stops_a_dry_run_too),
		WITH_RIGHTS(a_memory_that_makes_no_sense_stops_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
