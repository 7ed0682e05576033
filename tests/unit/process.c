/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about other processes, one of which blocks its readers. */
#include "base/process.h"
#include "base/clock.h"
#include "support/check.h"
#include "support/hang.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

static char *dir;
static struct root *root;

static void write_arguments(void)
{
	static const char arguments[] = "/usr/bin/qemu-system-x86_64\0-name\0guest=web,,1,x=on\0-S";
	_autofree_ char *path = NULL;
	FILE *file;

	assert_true(asprintf(&path, "%s/proc/42/cmdline", dir) > 0);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(arguments, 1, sizeof(arguments), file);
	fclose(file);
}

static int open_tree(void **state)
{
	struct error error;

	dir = tree_new("/proc/42/comm = qemu-system-x86\n/proc/43/comm = cat\n");
	write_arguments();
	return root_open(dir, &root, &error);
}

static int close_tree(void **state)
{
	root_free(root);
	tree_remove(dir);
	return 0;
}

static void a_guest_is_named_with_its_process(void **state)
{
	_autoarena_ struct arena *arena = arena_new();

	assert_string_equal(process_describe(root, arena, 42),
			    "qemu-system-x86 (process 42, domain web,1)");
	assert_string_equal(process_describe(root, arena, 43), "cat (process 43)");
	assert_string_equal(process_describe(root, arena, 44), "process 44");
}

/* The arguments are on a page that never arrives. */
static void a_process_that_keeps_its_readers_waiting_loses_its_guests_name(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	int64_t began = clock_ms();

	hang_at("/proc/42/cmdline");
	assert_string_equal(process_describe(root, arena, 42), "qemu-system-x86 (process 42)");
	hang_nowhere();
	assert_true(clock_ms() - began < 5000);
}

UNIT(process)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_is_named_with_its_process),
		cmocka_unit_test(a_process_that_keeps_its_readers_waiting_loses_its_guests_name),
	};

	return cmocka_run_group_tests(tests, open_tree, close_tree);
}
