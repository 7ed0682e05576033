/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compare the machine's own database with libudev's answers, and read damaged copies of it. */
#include "sources/devices/hwdb_bin.h"
#include "model/facts.h"
#include "sources/devices/hwdb_udev.h"
#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SIZE_MAX_MB = 64 };

/* A copy of the database in memory, to be damaged; NULL where there is none. */
static char *load(size_t *ret_length, struct arena *arena)
{
	static const char *const paths[] = {"/etc/udev/hwdb.bin", "/usr/lib/udev/hwdb.bin",
					    "/lib/udev/hwdb.bin"};
	_autoroot_ struct root *root = NULL;
	struct error error;
	char *bytes;

	assert_int_equal(root_open(NULL, &root, &error), 0);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (root_read_all(root, arena, paths[i], SIZE_MAX_MB << 20, &bytes, ret_length) ==
		    0)
			return bytes;
	skip();
	return NULL;
}

static void names_are_those_of_libudev(void **state)
{
	static const char *const ids[][2] = {{"8086", "10D3"}, {"1AF4", "1041"}, {"10DE", "1C81"},
					     {"1B36", "000C"}, {"8086", "FFFF"}, {"0000", "0000"}};
	_autoarena_ struct arena *arena = arena_new();
	struct hwdb_udev *udev;
	struct hwdb_bin *bin;
	size_t length;
	char *bytes = load(&length, arena);

	assert_int_equal(hwdb_udev_open(&udev), 0);
	assert_int_equal(hwdb_bin_parse(bytes, length, &bin), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		char modalias[64], key[66];
		const char *mine, *theirs;

		snprintf(modalias, sizeof(modalias), "pci:v0000%sd0000%s", ids[i][0], ids[i][1]);
		snprintf(key, sizeof(key), "%s*", modalias);
		mine = hwdb_bin_find(bin, key, "ID_MODEL_FROM_DATABASE");
		theirs = hwdb_udev_find(udev, modalias, "ID_MODEL_FROM_DATABASE");
		assert_int_equal(!mine, !theirs);
		if (mine)
			assert_string_equal(mine, theirs);
	}
	hwdb_bin_close(bin);
	hwdb_udev_close(udev);
}

/* The file is read in blocks, each key from the node that it shares with the key before. */
static void names_in_the_file_are_those_in_memory(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct hwdb_bin *memory, *file;
	struct error error;
	size_t length, found = 0;
	char *bytes = load(&length, arena);

	assert_int_equal(root_open(NULL, &root, &error), 0);
	assert_int_equal(hwdb_bin_open(root, &file), 0);
	for (unsigned id = 0x1000; id < 0x1200; id++) {
		char key[64];
		const char *one, *other;

		snprintf(key, sizeof(key), "pci:v00008086d%08X*", id);
		assert_int_equal(hwdb_bin_parse(bytes, length, &memory), 0);
		one = hwdb_bin_find(memory, key, "ID_MODEL_FROM_DATABASE");
		other = hwdb_bin_find(file, key, "ID_MODEL_FROM_DATABASE");
		assert_int_equal(!one, !other);
		if (one)
			assert_string_equal(one, other);
		found += one != NULL;
		hwdb_bin_close(memory);
	}
	assert_true(found > 16);
	assert_int_equal(hwdb_bin_cause(file), 0);
	hwdb_bin_close(file);
}

static void another_layout_is_refused(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct hwdb_bin *bin;
	size_t length;
	char *bytes = load(&length, arena);

	assert_int_equal(hwdb_bin_parse(bytes, length - 1, &bin), -EPROTO);
	assert_int_equal(hwdb_bin_parse(bytes, 8, &bin), -EPROTO);
	bytes[32]++;
	assert_int_equal(hwdb_bin_parse(bytes, length, &bin), -EPROTO);
	bytes[32]--;
	bytes[0] = 'X';
	assert_int_equal(hwdb_bin_parse(bytes, length, &bin), -EPROTO);
}

static void broken_offsets_find_nothing_and_end(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct hwdb_bin *bin;
	unsigned seed = 1;
	size_t length;
	char *bytes = load(&length, arena);

	for (int round = 0; round < 200; round++) {
		/* Nodes follow the header; most of a lookup's path is in the first pages. */
		for (int i = 0; i < 50; i++) {
			seed = seed * 1103515245u + 12345u;
			bytes[80 + seed % 100000] = (char)(seed >> 16);
		}
		assert_int_equal(hwdb_bin_parse(bytes, length, &bin), 0);
		hwdb_bin_find(bin, "pci:v00008086d000010D3*", "ID_MODEL_FROM_DATABASE");
		hwdb_bin_find(bin, "pci:v00008086*", "ID_VENDOR_FROM_DATABASE");
		hwdb_bin_close(bin);
	}
}

#define TREE "/sys/kernel/iommu_groups/\npci 0000:00:01.0 in pci0000:00 id=8086:10D3 class=20000\n"

static void a_tree_without_names_gets_those_of_this_machine(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	_autosystem_ const struct system *foreign = snapshot(TREE, FACT_NAMES);
	_autosystem_ const struct system *captured =
		snapshot(TREE "/iommuctl/names = 8086:ffff\tIntel Corporation\t\n", FACT_NAMES);
	struct hwdb_udev *udev;
	const char *name;
	size_t length;

	load(&length, arena);
	assert_null(find_device(captured, "0000:00:01.0")->device_name);
	assert_int_equal(hwdb_udev_open(&udev), 0);
	name = hwdb_udev_find(udev, "pci:v00008086d000010D3", "ID_MODEL_FROM_DATABASE");
	if (name)
		assert_string_equal(find_device(foreign, "0000:00:01.0")->device_name, name);
	hwdb_udev_close(udev);
}

UNIT(hwdb_bin)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_libudev),
		cmocka_unit_test(names_in_the_file_are_those_in_memory),
		cmocka_unit_test(another_layout_is_refused),
		cmocka_unit_test(broken_offsets_find_nothing_and_end),
		cmocka_unit_test(a_tree_without_names_gets_those_of_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
