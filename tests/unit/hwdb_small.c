/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hardware database of two nodes, made here, whose records point where they should or not. */
#include "sources/devices/hwdb_bin.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	HEADER = 80,
	ROOT_NODE = HEADER,	     /* prefix "pci:", one child */
	ROOT_CHILD = ROOT_NODE + 24, /* letter 'v' */
	LEAF_NODE = ROOT_CHILD + 16, /* prefix "1*", two values */
	LEAF_VALUES = LEAF_NODE + 24,
	VALUE = 32,
	STRINGS = LEAF_VALUES + 2 * VALUE,
	SIZE = STRINGS + 64,
};

static unsigned char bytes[SIZE];

static void put(size_t at, uint64_t number)
{
	for (int i = 0; i < 8; i++)
		bytes[at + (size_t)i] = (unsigned char)(number >> 8 * i);
}

/* Add a string at offset @at of the strings. */
static uint64_t string(size_t at, const char *text)
{
	memcpy(bytes + STRINGS + at, text, strlen(text) + 1);
	return STRINGS + at;
}

static int make(void **state)
{
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, "KSLPHHRH", 8);
	put(16, SIZE);
	put(32, 24);
	put(40, 16);
	put(48, VALUE);
	put(56, ROOT_NODE);
	put(ROOT_NODE, string(0, "pci:"));
	bytes[ROOT_NODE + 8] = 1;
	bytes[ROOT_CHILD] = 'v';
	put(ROOT_CHILD + 8, LEAF_NODE);
	put(LEAF_NODE, string(8, "1*"));
	put(LEAF_NODE + 16, 2);
	put(LEAF_VALUES, string(16, " COLOR"));
	put(LEAF_VALUES + 8, string(24, "red"));
	put(LEAF_VALUES + VALUE, string(32, " NAME"));
	put(LEAF_VALUES + VALUE + 8, string(40, "card"));
	return 0;
}

static const char *find(const char *key, const char *property)
{
	static char found[64];
	struct hwdb_bin *bin;
	const char *text;

	assert_int_equal(hwdb_bin_parse(bytes, sizeof(bytes), &bin), 0);
	text = hwdb_bin_find(bin, key, property);
	snprintf(found, sizeof(found), "%s", text ? text : "nothing");
	hwdb_bin_close(bin);
	return found;
}

static void a_property_is_found_by_its_whole_key(void **state)
{
	assert_string_equal(find("pci:v1*", "NAME"), "card");
	assert_string_equal(find("pci:v1*", "COLOR"), "red");
	assert_string_equal(find("pci:v1*", "SIZE"), "nothing");
	assert_string_equal(find("pci:v1", "NAME"), "nothing");
	assert_string_equal(find("pci:v2*", "NAME"), "nothing");
	assert_string_equal(find("pci:w1*", "NAME"), "nothing");
	assert_string_equal(find("usb:v1*", "NAME"), "nothing");
	assert_string_equal(find("pci:", "NAME"), "nothing");
	assert_string_equal(find("pc", "NAME"), "nothing");
}

/* Each record that can lead out of the file, beyond its end or to a text that does not end in it.
 */
static void records_that_lead_out_of_the_file_find_nothing(void **state)
{
	static const size_t offsets[] = {56,	    ROOT_NODE,		 ROOT_CHILD + 8,
					 LEAF_NODE, LEAF_VALUES + VALUE, LEAF_VALUES + VALUE + 8};
	static const uint64_t wrong[] = {SIZE, SIZE - 4, UINT64_MAX, UINT64_MAX - 8};

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++)
		for (size_t j = 0; j < ARRAY_SIZE(wrong); j++) {
			make(NULL);
			memset(bytes + SIZE - 4, 'x', 4);
			put(offsets[i], wrong[j]);
			assert_string_equal(find("pci:v1*", "NAME"), "nothing");
		}
}

static void counts_that_are_too_large_end_at_the_end_of_the_file(void **state)
{
	put(LEAF_NODE + 16, UINT64_MAX);
	assert_string_equal(find("pci:v1*", "SIZE"), "nothing");
	assert_string_equal(find("pci:v1*", "NAME"), "card");
	make(NULL);
	bytes[ROOT_NODE + 8] = 255;
	assert_string_equal(find("pci:w1*", "NAME"), "nothing");
}

static void keys_of_values_begin_with_a_blank(void **state)
{
	bytes[STRINGS + 32] = 'x';
	assert_string_equal(find("pci:v1*", "NAME"), "nothing");
}

static void sizes_of_another_layout_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint64_t number;
	} wrong[] = {{16, SIZE - 1}, {32, 32}, {40, 8}, {48, 8}, {48, 128}};
	struct hwdb_bin *bin;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		make(NULL);
		put(wrong[i].at, wrong[i].number);
		assert_int_equal(hwdb_bin_parse(bytes, sizeof(bytes), &bin), -EPROTO);
	}
}

/* A tree with this database, or with another file in its place. */
static int open_in_tree(const char *path, const void *content, size_t length)
{
	char *dir = tree_new("/etc/udev/\n/usr/lib/udev/\n");
	_autoroot_ struct root *root = NULL;
	_autofree_ char *whole = NULL;
	struct error error = {0};
	struct hwdb_bin *bin;
	int result;
	FILE *file;

	assert_true(asprintf(&whole, "%s%s", dir, path) > 0);
	file = fopen(whole, "w");
	assert_non_null(file);
	fwrite(content, 1, length, file);
	fclose(file);
	assert_int_equal(root_open(dir, &root, &error), 0);
	result = hwdb_bin_open(root, &bin);
	if (result == 0) {
		assert_string_equal(hwdb_bin_find(bin, "pci:v1*", "NAME"), "card");
		hwdb_bin_close(bin);
	}
	tree_remove(dir);
	return result;
}

static void a_database_is_found_in_its_folders(void **state)
{
	assert_int_equal(open_in_tree("/etc/udev/hwdb.bin", bytes, sizeof(bytes)), 0);
	assert_int_equal(open_in_tree("/usr/lib/udev/hwdb.bin", bytes, sizeof(bytes)), 0);
	assert_int_equal(open_in_tree("/etc/udev/other.bin", bytes, sizeof(bytes)), -ENOENT);
	assert_int_equal(open_in_tree("/etc/udev/hwdb.bin", "", 0), -EPROTO);
	assert_int_equal(open_in_tree("/etc/udev/hwdb.bin", "no database", 11), -EPROTO);
}

UNIT(hwdb_small)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_property_is_found_by_its_whole_key, make),
		cmocka_unit_test_setup(records_that_lead_out_of_the_file_find_nothing, make),
		cmocka_unit_test_setup(counts_that_are_too_large_end_at_the_end_of_the_file, make),
		cmocka_unit_test_setup(keys_of_values_begin_with_a_blank, make),
		cmocka_unit_test_setup(sizes_of_another_layout_are_refused, make),
		cmocka_unit_test_setup(a_database_is_found_in_its_folders, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
