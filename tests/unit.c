/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit [FILE [PATTERN]] - run the tests of unit/FILE.c, or of all files
 *
 * PATTERN chooses among them by name: "unit choose 'a_group*'". "unit --list" prints the files.
 * Exit status: 0 if no test failed, 1 if some failed, 2 if the file does not exist.
 */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* tests/CMakeLists.txt writes unit_files.h: a line FILE_TESTS(choose) for each unit/choose.c. */
#define FILE_TESTS(name) UNIT(name);
#include "unit_files.h"
#undef FILE_TESTS

static const struct {
	const char *name;
	int (*run)(void);
} files[] = {
#define FILE_TESTS(name) {#name, unit_##name},
#include "unit_files.h"
#undef FILE_TESTS
};

static void list_files(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		puts(files[i].name);
}

static int run_file(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (strcmp(files[i].name, name) == 0)
			return files[i].run() == 0 ? 0 : 1;
	fprintf(stderr, "unit: no file unit/%s.c\n", name);
	return 2;
}

static int run_all(void)
{
	int status = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (files[i].run() != 0)
			status = 1;
	return status;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--list") == 0) {
		list_files();
		return 0;
	}
	if (argc > 2)
		cmocka_set_test_filter(argv[2]);
	return argc > 1 ? run_file(argv[1]) : run_all();
}
