/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/hung_writers.h"

#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

#define PATH "/sys/devices/pci0000:00/0000:01:00.0"

/* Process 7 hangs; process 5 has the same file open and runs, process 6 hangs elsewhere. */
static const char PROCESSES[] =
	"/proc/5/stat = 5 (sh) S 1 5 5 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
	"/proc/5/fd/1 -> /sys/bus/pci/drivers/nvme/unbind\n"
	"/proc/6/stat = 6 (dd) D 1 6 6 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
	"/proc/6/fd/1 -> /dev/null\n"
	"/proc/7/comm = sh\n"
	"/proc/7/stat = 7 (sh) D 1 7 7 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
	"/proc/7/fd/0 -> /dev/null\n"
	"/proc/7/fd/1 -> ";

static struct error error;

static void expect(const char *file, const char *driver, bool found)
{
	_autofree_ char *text = NULL;
	_autoarena_ struct arena *arena = arena_new();
	struct root *root = NULL;
	const char *words;
	char *dir;

	assert_true(asprintf(&text, "%s%s\n", PROCESSES, file) > 0);
	dir = tree_new(text);
	assert_int_equal(root_open(dir, &root, &error), 0);
	words = hung_writer_of(root, PATH, "pci", driver, arena);
	if (!found != !words)
		fail_msg("%s, driver %s: %s", file, driver ? driver : "-", words ? words : "none");
	if (found) {
		assert_non_null(strstr(words, "(process 7)"));
		assert_non_null(strstr(words, file));
	}
	root_free(root);
	tree_remove(dir);
}

static void names_a_process_that_hangs_in_a_write_about_the_device(void **state)
{
	expect("/sys/bus/pci/drivers/nvme/unbind", "nvme", true);
	expect("/sys/bus/pci/drivers/nvme/bind", "nvme", true);
	expect("/sys/bus/pci/drivers_probe", "nvme", true);
	expect("/sys/bus/pci/drivers/e1000e/unbind", NULL, true);
	expect(PATH "/remove", "nvme", true);
	expect(PATH "/reset", NULL, true);
	expect(PATH "/driver_override", "nvme", true);
}

static void passes_over_writes_about_other_devices(void **state)
{
	expect("/sys/bus/pci/drivers/e1000e/unbind", "nvme", false);
	expect("/sys/bus/usb/drivers/nvme/unbind", "nvme", false);
	expect("/sys/bus/pci/drivers/nvme/new_id", "nvme", false);
	expect("/sys/devices/pci0000:00/0000:02:00.0/remove", "nvme", false);
	expect("/sys/devices/pci0000:00/0000:01:00.00/remove", "nvme", false);
	expect("/tmp/unbind", "nvme", false);
}

UNIT(hung_writers)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_a_process_that_hangs_in_a_write_about_the_device),
		cmocka_unit_test(passes_over_writes_about_other_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
