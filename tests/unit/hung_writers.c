/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/hung_writers.h"

#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

#define PATH "/sys/devices/pci0000:00/0000:01:00.0"

/* Process 7 hangs; process 5 has a file of that kind open and sleeps in another state, process 6
 * hangs elsewhere. */
static const char PROCESSES[] =
	"/proc/5/comm = sh\n"
	"/proc/5/stat = 5 (sh) S 1 5 5 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
	"/proc/5/fd/1 -> /sys/bus/pci/drivers/nvme/unbind\n"
	"/proc/6/stat = 6 (dd) D 1 6 6 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
	"/proc/6/fd/1 -> /dev/null\n"
	"/proc/7/comm = sh\n"
	"/proc/7/stat = 7 (sh) D 1 7 7 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
	"/proc/7/fd/0 -> /dev/null\n"
	"/proc/7/fd/1 -> ";

static struct error error;

static void expect(const char *file, const char *driver, int pid)
{
	_autofree_ char *text = NULL, *process = NULL;
	_autoarena_ struct arena *arena = arena_new();
	struct root *root = NULL;
	const char *words;
	char *dir;

	assert_true(asprintf(&text, "%s%s\n", PROCESSES, file) > 0);
	dir = tree_new(text);
	assert_int_equal(root_open(dir, &root, &error), 0);
	words = hung_writer_of(root, PATH, "pci", driver, arena);
	assert_true(asprintf(&process, "(process %d) %s", pid,
			     pid == 7 ? "hangs in a write to" : "has") > 0);
	assert_non_null(words);
	assert_non_null(strstr(words, process));
	if (pid == 7)
		assert_memory_equal(strstr(words, "/sys/"), file, strcspn(file, "\n"));
	root_free(root);
	tree_remove(dir);
}

static void names_a_process_that_hangs_in_a_write_about_the_device(void **state)
{
	expect("/sys/bus/pci/drivers/nvme/unbind", "nvme", 7);
	expect("/sys/bus/pci/drivers/nvme/bind", "nvme", 7);
	expect("/sys/bus/pci/drivers_probe", "nvme", 7);
	expect("/sys/bus/pci/drivers/e1000e/unbind", NULL, 7);
	expect(PATH "/remove", "nvme", 7);
	expect(PATH "/reset", NULL, 7);
	expect(PATH "/driver_override", "nvme", 7);
}

static void names_a_process_that_hangs_in_a_write_about_something_above(void **state)
{
	expect("/sys/devices/pci0000:00/remove", "nvme", 7);
	expect("/sys/devices/pci0000:00/0000:01:00.7/sriov_numvfs", "nvme", 7);
	expect("/sys/bus/pci/slots/3/power\n/sys/bus/pci/slots/3/address = 0000:01:00", "nvme", 7);
	/* Process 5 has a file of the device's driver open: without another, it is named. */
	expect("/sys/devices/pci0000:00/0000:02:00.0/remove", "nvme", 5);
	expect("/sys/devices/pci0000:01/0000:01:00.0/sriov_numvfs", "nvme", 5);
	expect("/sys/bus/pci/slots/3/power\n/sys/bus/pci/slots/3/address = 0000:01:01", "nvme", 5);
	expect("/sys/bus/pci/slots/3/power", "nvme", 5);
	/* "power" is a file of slots alone, and the address of a slot has no function. */
	expect("/sys/devices/pci0000:01/power\n/sys/devices/pci0000:01/address = 0000:01:00",
	       "nvme", 5);
	expect("/sys/bus/pci/slots/3/power\n/sys/bus/pci/slots/3/address = 0000:01:00.0", "nvme",
	       5);
}

static void a_process_that_only_reads_is_not_named(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct root *root = NULL;
	char *dir = tree_new(
		"/proc/7/comm = iommuctl\n"
		"/proc/7/stat = 7 (iommuctl) D 1 7 7 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
		"/proc/7/fd/3 -> " PATH "/driver_override\n"
		"/proc/7/fdinfo/3 = pos:\\t0\\nflags:\\t0100000\n"
		"/proc/8/comm = sh\n"
		"/proc/8/stat = 8 (sh) D 1 8 8 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
		"/proc/8/fd/1 -> /sys/bus/pci/drivers/nvme/unbind\n"
		"/proc/8/fdinfo/1 = pos:\\t0\\nflags:\\t0100001\n");

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_non_null(
		strstr(hung_writer_of(root, PATH, "pci", "nvme", arena), "(process 8) hangs"));
	root_free(root);
	tree_remove(dir);
}

static void prefers_a_process_that_sleeps_about_the_device_to_others_that_hang(void **state)
{
	expect("/sys/bus/pci/drivers/e1000e/unbind", "nvme", 5);
	expect("/sys/bus/usb/drivers/nvme/unbind", "nvme", 5);
	expect("/sys/bus/pci/drivers/nvme/new_id", "nvme", 5);
	expect("/sys/devices/pci0000:00/0000:02:00.0/remove", "nvme", 5);
	expect("/sys/devices/pci0000:00/0000:01:00.00/remove", "nvme", 5);
	expect("/tmp/unbind", "nvme", 5);
}

static void passes_over_processes_that_write_about_other_devices(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	_autofree_ char *text = NULL;
	struct root *root = NULL;
	char *dir;

	assert_true(asprintf(&text, "%s/dev/null\n", PROCESSES) > 0);
	dir = tree_new(text);
	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_null(hung_writer_of(root, PATH, "pci", "e1000e", arena));
	assert_null(hung_writer_of(root, PATH, "usb", "nvme", arena));
	root_free(root);
	tree_remove(dir);
}

/* Flags that are missing or no number: a file that may be open for writing is named. */
static void a_file_with_unknown_flags_counts_as_open_for_writing(void **state)
{
	static const char *const infos[] = {"pos:\\t0", "flags:\\tnone", "flags:\\t0100002"};

	for (size_t i = 0; i < ARRAY_SIZE(infos); i++) {
		_autoarena_ struct arena *arena = arena_new();
		_autofree_ char *text = NULL;
		struct root *root = NULL;
		char *dir;

		assert_true(asprintf(&text,
				     "/proc/self/\n/proc/9/comm = gone\n/proc/7/comm = sh\n"
				     "/proc/7/stat = 7 (sh) D 1 7 7 0 -1 4 5 6 7 8 9 10 11 12 20 0 "
				     "1 0 471 1 2\n"
				     "/proc/7/fd/1 -> /sys/bus/pci/drivers/nvme/unbind\n"
				     "/proc/7/fdinfo/1 = %s\n",
				     infos[i]) > 0);
		dir = tree_new(text);
		assert_int_equal(root_open(dir, &root, &error), 0);
		assert_non_null(strstr(hung_writer_of(root, PATH, "pci", "nvme", arena),
				       "(process 7) hangs"));
		root_free(root);
		tree_remove(dir);
	}
}

UNIT(hung_writers)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_a_process_that_hangs_in_a_write_about_something_above),
		cmocka_unit_test(names_a_process_that_hangs_in_a_write_about_the_device),
		cmocka_unit_test(a_process_that_only_reads_is_not_named),
		cmocka_unit_test(passes_over_processes_that_write_about_other_devices),
		cmocka_unit_test(
			prefers_a_process_that_sleeps_about_the_device_to_others_that_hang),
		cmocka_unit_test(a_file_with_unknown_flags_counts_as_open_for_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
