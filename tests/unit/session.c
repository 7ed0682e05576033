/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection through which the program runs, from the ancestors of a process, in fake trees. */
#include "sources/network/session.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

/* sshd (7) started a shell (8), which started the program (9). Only sshd has the connection. */
static const char PROCESSES[] = "/proc/9/stat = 9 (ctl) S 8 9 9 0 -1\n"
				"/proc/8/stat = 8 (evil) R 5 (sh) S 7 8 8 0 -1\n"
				"/proc/7/stat = 7 (sshd) S 1 7 7 0 -1\n"
				"/proc/7/comm = sshd\n"
				"/proc/9/fd/\n/proc/8/fd/0 -> /dev/null\n"
				"/proc/7/fd/3 -> socket:[111]\n/proc/7/fd/4 -> socket:[222]\n";

#define TABLE_HEAD \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\\n"
#define TABLE_TAIL " 00000000:00000000 02:000A7B2D 00000000     0        0 "

static void assert_session(const char *machine, const char *expected)
{
	_autofree_ char *whole = NULL, *lines = NULL;
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	size_t length;
	char *dir;
	FILE *out = open_memstream(&lines, &length);

	assert_non_null(out);
	assert_true(asprintf(&whole, "%s%s", PROCESSES, machine) > 0);
	dir = tree_new(whole);
	assert_int_equal(root_open(dir, &root, &error), 0);
	session_lines(root, 9, out);
	fclose(out);
	tree_remove(dir);
	assert_string_equal(lines, expected);
}

static void an_established_connection_of_an_ancestor_is_ours(void **state)
{
	assert_session("/proc/net/tcp = " TABLE_HEAD
		       "   0: 00000000:0016 00000000:0000 0A" TABLE_TAIL "222 1 0\\n"
		       "   1: 0500000A:0016 0900000A:C350 01" TABLE_TAIL "333 1 0\\n"
		       "   2: 0500000A:0016 0800000A:C350 01" TABLE_TAIL "111 1 0\n",
		       "session 10.0.0.5 /proc/net/tcp sshd (process 7), port 22, from 10.0.0.8\n");
}

static void a_socket_that_takes_both_families_has_an_ipv4_address(void **state)
{
	assert_session("/proc/net/tcp6 = " TABLE_HEAD "   0: 0000000000000000FFFF00000500000A:0016 "
		       "0000000000000000FFFF00000900000A:C350 01" TABLE_TAIL "111 1 0\\n"
		       "   1: 000000FD000000000000000002000000:0016 "
		       "000000FD000000000000000003000000:C350 01" TABLE_TAIL "222 1 0\n",
		       "session 10.0.0.5 /proc/net/tcp6 sshd (process 7), port 22, from 10.0.0.9\n"
		       "session fd00::2 /proc/net/tcp6 sshd (process 7), port 22, from fd00::3\n");
}

/* Below tmux no ancestor has the connection; sudo clears only its own environment. */
static void without_one_the_environment_of_an_ancestor_tells(void **state)
{
	assert_session("/proc/8/environ = TERM=x\\x00SSH_CONNECTION=10.0.0.9 50000 10.0.0.5 22\\x00"
		       "A=b\n",
		       "session 10.0.0.5 /proc/8/environ SSH from 10.0.0.9\n");
}

static void no_connection_is_no_session(void **state)
{
	assert_session("/proc/net/tcp = " TABLE_HEAD "\n/proc/8/environ = SSH_CONNECTION=odd\n",
		       "");
}

static void tables_that_make_no_sense_are_passed_over(void **state)
{
	assert_session("/proc/net/tcp = \\n   0: 05:0016\\n   1: 0500000A0:0016 0900000A:C350 01 "
		       "a b c d e 111\\nx\\n   2: 0500000A:0016\n",
		       "");
}

static void an_ancestor_that_cannot_be_looked_at_is_said(void **state)
{
	assert_session("/iommuctl/unreadable = /proc/6/fd\\tdenied\n"
		       "/proc/7/stat = 7 (sshd) S 6 7 7 0 -1\n"
		       "/proc/6/stat = 6 (sshd) S 1 7 7 0 -1\n",
		       "unseen session /proc/6/fd cannot be read\n");
}

UNIT(session)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_established_connection_of_an_ancestor_is_ours),
		cmocka_unit_test(a_socket_that_takes_both_families_has_an_ipv4_address),
		cmocka_unit_test(without_one_the_environment_of_an_ancestor_tells),
		cmocka_unit_test(no_connection_is_no_session),
		cmocka_unit_test(tables_that_make_no_sense_are_passed_over),
		cmocka_unit_test(an_ancestor_that_cannot_be_looked_at_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
