/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables in files of another machine: folders of tables, single tables, text of acpidump. */
#include "sources/firmware/offline_files.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The tables of that text as "SIGNATURE:LENGTH", joined by blanks. */
static const char *tables_of(const char *text)
{
	struct offline_tables tables = {0};
	const char *all = "";

	offline_tables_parse(text, strlen(text), "file", arena, &tables);
	for (size_t i = 0; i < tables.count; i++) {
		assert_string_equal(tables.items[i].file, "file");
		all = arena_printf(arena, "%s%s%s:%zu", all, *all ? " " : "",
				   tables.items[i].signature, tables.items[i].length);
	}
	return all;
}

static void a_file_that_begins_with_a_signature_is_one_table(void **state)
{
	assert_string_equal(tables_of("IORTxxxx"), "IORT:8");
	assert_string_equal(tables_of("iort"), "IORT:4");
	assert_string_equal(tables_of("IORT @ 0y"), "IORT:9");
	assert_string_equal(tables_of("FACPxxxx"), "");
	assert_string_equal(tables_of("IOR"), "");
	assert_string_equal(tables_of(""), "");
}

static void a_dump_has_tables_of_which_some_matter(void **state)
{
	assert_string_equal(tables_of("IORT @ 0x1\n    0000: 49 4F 52 54  IORT\n\n"
				      "FACP @ 0x2\n    0000: 46 41 43 50  FACP\n\n"
				      "DMAR @ 0x3\n    0000: 44 4d  DM\n"),
			    "IORT:4 DMAR:2");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000: 49 4F"), "IORT:2");
	assert_string_equal(tables_of("IORT @ 0x1\nDMAR @ 0x2\n"), "IORT:0 DMAR:0");
}

/* A line that does not go on where the one before ended does not belong to the table. */
static void a_line_out_of_order_ends_the_table(void **state)
{
	assert_string_equal(
		tables_of("IORT @ 0x1\n"
			  "    0000: 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F  x\n"
			  "    0010: 10 11  x\n"),
		"IORT:18");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000: 00 01  x\n    0010: 10 11  x\n"),
			    "IORT:2");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000 00 01  x\n"), "IORT:0");
	assert_string_equal(tables_of("IORT @ 0x1\nno number\n    0000: 00 01  x\n"), "IORT:0");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000\n"), "IORT:0");
}

static void bytes_end_where_no_digits_are(void **state)
{
	assert_string_equal(tables_of("IORT @ 0x1\n    0000: 0g 01\n"), "IORT:0");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000: 00 g1\n"), "IORT:1");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000: 00 1g\n"), "IORT:1");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000: 00-01\n"), "IORT:1");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000:x00 01\n"), "IORT:0");
	assert_string_equal(tables_of("IORT @ 0x1\n    0000:\n"), "IORT:0");
}

static void a_header_has_an_address(void **state)
{
	assert_string_equal(tables_of("xx\nIORT @ 1\n    0000: 00\n"), "");
	assert_string_equal(tables_of("xx\nIORT\n    0000: 00\n"), "");
	assert_string_equal(tables_of("xx\niort @ 0x1\n    0000: 00\n"), "IORT:1");
}

/* The tables of a folder or file below a new tree, or the code and sentence of the error. */
static const char *tables_in(const char *tree, const char *name)
{
	char *dir = tree_new(tree);
	struct offline_tables tables;
	struct error error = {0};
	const char *all = "";
	int result =
		offline_tables_read(arena_concat(arena, dir, name, ""), arena, &tables, &error);

	for (size_t i = 0; result == 0 && i < tables.count; i++)
		all = arena_printf(arena, "%s%s%s", all, *all ? " " : "",
				   tables.items[i].signature);
	if (result < 0)
		all = arena_printf(arena, "%s: %s", strerror(-result), error.message);
	tree_remove(dir);
	return all;
}

static void files_of_a_folder_are_found_by_their_names(void **state)
{
	assert_string_equal(tables_in("/IORT = x\n", "/"), "IORT");
	assert_string_equal(tables_in("/iort.dat = x\n", "/"), "IORT");
	assert_string_equal(tables_in("/Iort.AML = x\n", "/"), "IORT");
	assert_string_equal(tables_in("/dmar.bin = x\n", "/"), "DMAR");
	assert_non_null(strstr(tables_in("/IORT.txt = x\n/IORTX = x\n/IO = x\n/FACP = x\n", "/"),
			       "has no "));
}

static void what_cannot_be_read_is_named(void **state)
{
	assert_non_null(strstr(tables_in("/IORT/\n", "/"), "/IORT"));
	assert_non_null(
		strstr(tables_in("/x/\n", "/none"), "No such file or directory: cannot read"));
	assert_non_null(strstr(tables_in("/file = FACP\n", "/file"), "IORT"));
	assert_string_equal(tables_in("/file = IORTxx\n", "/file"), "IORT");
}

static void a_file_beyond_its_limit_is_not_read(void **state)
{
	char *dir = tree_new("/file = 0123456789\n");
	const char *path = arena_concat(arena, dir, "/file", "");
	char *bytes;
	size_t length;

	assert_int_equal(offline_read(path, arena, 100, &bytes, &length), 0);
	assert_int_equal(length, 11);
	assert_int_equal(offline_read(path, arena, 5, &bytes, &length), -EFBIG);
	assert_int_equal(offline_read(dir, arena, 5, &bytes, &length), -EISDIR);
	tree_remove(dir);
	assert_int_equal(offline_read(path, arena, 5, &bytes, &length), -ENOENT);
}

UNIT(offline_files)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_begins_with_a_signature_is_one_table),
		cmocka_unit_test(a_dump_has_tables_of_which_some_matter),
		cmocka_unit_test(a_line_out_of_order_ends_the_table),
		cmocka_unit_test(bytes_end_where_no_digits_are),
		cmocka_unit_test(a_header_has_an_address),
		cmocka_unit_test(files_of_a_folder_are_found_by_their_names),
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(a_file_beyond_its_limit_is_not_read),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
