/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the network protocol: how they are written, read, and cut off. */
#include "sources/network/network.h"
#include "sources/network/network_words.h"
#include "sources/network/rtnetlink.h"
#include "support/check.h"
#include "support/nic.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* The result of parsing malformed lines. */
static struct network parse(const char *lines, struct arena *arena)
{
	struct network network;

	network_parse(arena_strdup(arena, lines), arena, &network);
	return network;
}

static void lines_that_make_no_sense_count_as_unseen(void **state)
{
	static const char *const broken[] = {
		"interface 2 eth0 1 0 0 -1 - - -\n", /* belongs to no namespace */
		OWN "interface 2 eth0 1 0 0\n",
		OWN "interface -2 eth0 1 0 0 -1 - - -\n",
		OWN "interface 2 eth0 1 0 0 -7 - - -\n",
		OWN "interface 99999999999 eth0 1 0 0 -1 - - -\n",
		OWN "interface 2 eth/0 1 0 0 -1 - - -\n",
		OWN "interface 2 eth0 1 0 0 -1 - .. 0000:00:03.0\n",
		OWN "interface 2 eth0 1 0 0 -1 - pci ../../etc\n",
		OWN "interface  eth0 1 0 0 -1 - - -\n",
		OWN "address x 10.0.0.5/24\n",
		"address 2 10.0.0.5/24\n",
		"route 2 10.0.0.1\n",
		"ours 3\n",
		"namespace own\n",
		"unseen everything at all\n",
		"surprise\n",
		"interfaces 2 eth0\n",
		"session 10.0.0.5\n",
		" \n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		_autoarena_ struct arena *arena = arena_new();
		_autofree_ char *lines = NULL;
		struct network network;

		assert_true(asprintf(&lines, "%send\n", broken[i]) > 0);
		network = parse(lines, arena);
		assert_int_equal(network.interface_count, 0);
		assert_non_null(network.unseen_own);
		assert_non_null(network.unseen_other);
	}
}

static void nothing_at_all_is_no_answer(void **state)
{
	_autoarena_ struct arena *arena = arena_new();

	assert_non_null(parse("", arena).unseen_own);
	assert_null(parse("end\n", arena).unseen_own);
}

/* In every prefix of good lines the end is missing, so uses are unknown. */
static void lines_cut_anywhere_are_taken_apart_safely(void **state)
{
	static const char lines[] = "session 10.0.0.5 x y\n" OWN ETH0_UP
				    "address 2 10.0.0.5/24\nroute 2 -\n" BLUE ETH0_DOWN "ours 0\n"
				    "unseen other why\nend";

	for (size_t length = 0; length < sizeof(lines) - 1; length++) {
		_autoarena_ struct arena *arena = arena_new();
		_autofree_ char *part = strndup(lines, length);

		assert_non_null(parse(part, arena).unseen_own);
	}
}

static void entries_of_unknown_interfaces_are_left_out(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct network network =
		parse(OWN ETH0_UP "address 3 10.0.0.5/24\naddress 2 10.0.0.6/24\n" BLUE
				  "address 2 10.0.0.7/24\nroute 0 -\nend\n",
		      arena);

	assert_int_equal(network.addresses.count, 1);
	assert_string_equal(network.addresses.items[0].text, "10.0.0.6/24");
	assert_int_equal(network.routes.count, 0);
}

static char *write_with(void (*write)(FILE *out))
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	write(out);
	fclose(out);
	return text;
}

static void write_foreign(FILE *out)
{
	network_write_word(out, "a b\nc\x7f", 6);
	network_write_word(out, "", 0);
	network_write_rest(out, "two words\nend");
}

static void foreign_words_cannot_begin_a_line(void **state)
{
	_autofree_ char *text = write_with(write_foreign);

	assert_string_equal(text, "a?b?c?-two words?end\n");
}

/* Runs in a process of its own: a process cannot leave a namespace. */
static int look_from_a_new_namespace(void)
{
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct network network;
	struct error error = {0};
	char *lines;

	if (unshare(CLONE_NEWNET) < 0)
		return 77;
	if (root_open("/", &root, &error) < 0 ||
	    network_read(root, arena, processes_new(root, arena), &lines) < 0)
		return 1;
	network_parse(lines, arena, &network);
	/* The namespace has lo, which is down, and the namespace of the parent. */
	if (network.unseen_own || !network.interface_count || network.space_count < 2)
		return 2;
	return strcmp(network.interfaces[0].name, "lo") != 0 || network.interfaces[0].up ||
	       !network.interfaces[0].loopback || !network.spaces[0].own || network.spaces[1].own;
}

static void a_live_look_sees_our_own_namespace_and_the_others(void **state)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(look_from_a_new_namespace());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("skipped: no network namespace can be made here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The lines of a child that waits for rtnl in the namespace "blue". */
static void a_network_that_hangs_is_named_and_what_came_before_counts(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct network network;
	char *text =
		network_cut_off(arena, arena_strdup(arena, OWN ETH0_UP BLUE "interface 3 et"), 42);

	network_parse(text, arena, &network);
	assert_int_equal(network.interface_count, 1);
	assert_non_null(strstr(network.unseen_other, "in blue (process 42"));
	assert_string_equal(network.unseen_own, network.unseen_other);
	assert_string_equal(network.unseen_session, network.unseen_other);
	text = network_cut_off(arena, arena_strdup(arena, "namespace ow"), 42);
	network_parse(text, arena, &network);
	assert_non_null(strstr(network.unseen_own, "in this network namespace (process 42"));
}

UNIT(network_parse)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_make_no_sense_count_as_unseen),
		cmocka_unit_test(nothing_at_all_is_no_answer),
		cmocka_unit_test(a_network_that_hangs_is_named_and_what_came_before_counts),
		cmocka_unit_test(lines_cut_anywhere_are_taken_apart_safely),
		cmocka_unit_test(entries_of_unknown_interfaces_are_left_out),
		cmocka_unit_test(foreign_words_cannot_begin_a_line),
		cmocka_unit_test(a_live_look_sees_our_own_namespace_and_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
