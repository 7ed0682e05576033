/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Journals whose lines have a good checksum and say what cannot be: recover must not act on them.
 */
#include "actions/journal.h"
#include "actions/record.h"
#include "support/arena.h"
#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A journal of one device and one step, whose lines can be replaced one by one. */
static const char *const usual[] = {
	"journal\t2\t7\tboot\t1\t1\trebind\t1\t1\t1",
	"target\t0000:01:00.0\tpci\t0000:01:00.0\t/sys/devices/"
	"x\t32902\t4307\te1000e\t\\N\t12\tnvme\t"
	"\\N\teth0\t0\t77",
	"step\tunbind\t0\t/sys/u\tx\t/sys/b\tx\t\\N\te1000e",
	"begin\t0",
	"done\t0",
};

/* 0, or the negative errno of the journal with @line in the place of line @number, from 1 on; NULL
 * ends it there. */
static int parse_with(size_t number, const char *line)
{
	const char *all = "";
	struct journal *journal = NULL;
	struct error error = {0};

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		const char *text = i + 1 == number ? line : usual[i];
		const char *numbered;

		if (!text)
			break;
		numbered = arena_printf(arena, "%zu %s", i + 1, text);
		all = arena_printf(arena, "%s%08x %s\n", all,
				   record_checksum(numbered, strlen(numbered)), numbered);
	}
	return journal_parse((struct span){all, strlen(all)}, arena, &journal, &error);
}

static void expect_all(size_t number, const char *const *lines, size_t count, int result)
{
	for (size_t i = 0; i < count; i++)
		if (parse_with(number, lines[i]) != result)
			fail_msg("%d, not %d, for: %s", parse_with(number, lines[i]), result,
				 lines[i]);
}

#define EXPECT_ALL(number, lines, result) expect_all(number, lines, ARRAY_SIZE(lines), result)

static void the_usual_journal_is_good(void **state)
{
	assert_int_equal(parse_with(0, NULL), 0);
	assert_int_equal(parse_with(4, NULL), 0);
}

static void a_header_must_be_one_of_this_version(void **state)
{
	static const char *const wrong[] = {
		"journal",
		"journal\t\\N\t7\tboot\t1\t1\trebind\t1\t1\t1",
		"journal\tx\t7\tboot\t1\t1\trebind\t1\t1\t1",
		"journal\t0\t7\tboot\t1\t1\trebind\t1\t1\t1",
		"journal\t99\t7\tboot\t1\t1\trebind\t1\t1\t1",
		"journal\t2\t7\tboot\t1\t1\trebind",
		"journal\t2\tx\tboot\t1\t1\trebind\t1\t1\t1",
		"journal\t2\t7\tboot\t1\t1\trebind\t1\t99999\t1",
		"journal\t2\t7\tboot\t1\t1\trebind\t1\t1\t99999",
		"target\t2\t7\tboot\t1\t1\trebind\t1\t1\t1",
	};

	EXPECT_ALL(1, wrong, -EINVAL);
}

#define TARGET(path, vendor, device, group, moved, inode)                                     \
	"target\t0000:01:00.0\tpci\t0000:01:00.0\t" path "\t" vendor "\t" device "\te1000e\t" \
	"\\N\t" group "\tnvme\t\\N\teth0\t" moved "\t" inode

static void a_device_has_a_path_ids_and_a_group_that_can_be(void **state)
{
	static const char *const good[] = {
		TARGET("/x", "-1", "-1", "-1", "1", "0"),
		TARGET("/x", "65535", "65535", "0", "0", "18446744073709551615"),
	};
	static const char *const wrong[] = {
		TARGET("x", "1", "1", "1", "0", "0"),	   TARGET("/x", "-2", "1", "1", "0", "0"),
		TARGET("/x", "65536", "1", "1", "0", "0"), TARGET("/x", "1", "-2", "1", "0", "0"),
		TARGET("/x", "1", "65536", "1", "0", "0"), TARGET("/x", "1", "1", "-2", "0", "0"),
		TARGET("/x", "1", "1", "1", "2", "0"),	   TARGET("/x", "1", "1", "1", "x", "0"),
		TARGET("/x", "1", "1", "1", "0", "-1"),	   TARGET("/x", "1", "1", "1", "0", "x"),
		TARGET("\\N", "1", "1", "1", "0", "0"),	   "target\tonly",
	};

	EXPECT_ALL(2, good, 0);
	EXPECT_ALL(2, wrong, -EINVAL);
}

static void a_step_fits_the_plan(void **state)
{
	static const char *const good[] = {
		"step\tload_module\t-1\t\\N\tvfio-pci\t\\N\t\\N\t\\N\t\\N",
		"step\toverride\t0\t/sys/o\tx\t/sys/o\t\t\\N\t\\N",
	};
	static const char *const wrong[] = {
		"step\tunbind\t1\t/sys/u\tx\t/sys/b\tx\t\\N\te1000e",
		"step\tunbind\t-2\t/sys/u\tx\t/sys/b\tx\t\\N\te1000e",
		"step\tunbind\t0\t\\N\tx\t/sys/b\tx\t\\N\te1000e",
		"step\tunbind\t0\tsys/u\tx\t/sys/b\tx\t\\N\te1000e",
		"step\tunbind\t0\t/sys/u\tx\tsys/b\tx\t\\N\te1000e",
		"step\tunbind\t0\t/sys/u\tx\t/sys/b\t\\N\t\\N\te1000e",
		"step\tformat_disk\t0\t/sys/u\tx\t/sys/b\tx\t\\N\te1000e",
		"step\tunbind",
	};

	EXPECT_ALL(3, good, 0);
	EXPECT_ALL(3, wrong, -EINVAL);
}

static void an_event_is_about_a_step_and_in_order(void **state)
{
	static const char *const first[] = {"done\t0",	"begin\t1", "begin\t-1", "begin\tx",
					    "sleep\t0", "begin",    "undone\t0"};
	static const char *const second[] = {"done\t1", "begin\t0\t5", "pending\t0\t0",
					     "pending\t0\t-1", "failed\t0\t99999999"};

	EXPECT_ALL(4, first, -EINVAL);
	EXPECT_ALL(5, second, -EINVAL);
}

UNIT(journal_odd)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_journal_is_good),
		cmocka_unit_test(a_header_must_be_one_of_this_version),
		cmocka_unit_test(a_device_has_a_path_ids_and_a_group_that_can_be),
		cmocka_unit_test(a_step_fits_the_plan),
		cmocka_unit_test(an_event_is_about_a_step_and_in_order),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
