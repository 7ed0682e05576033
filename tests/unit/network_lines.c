/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network in a capture: the same stacks and sessions, with other addresses. */
#include "capture/network_lines.h"
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

static void assert_becomes(const char *lines, const char *expected)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t length;
	const char *result = network_lines(lines, disguise_new(arena), &length);

	assert_string_equal(result, expected);
	assert_int_equal(length, strlen(expected));
}

static void addresses_are_replaced_and_the_same_ones_stay_the_same(void **state)
{
	assert_becomes("session 10.1.2.3 /proc/net/tcp sshd (process 7), port 22, from 10.1.2.9\n"
		       "namespace own /proc/self/ns/net this network namespace\n"
		       "interface 2 eth0 1 0 0 -1 - pci 0000:00:03.0\n"
		       "address 2 10.1.2.3/24\naddress 2 fd12::7/64\naddress 2 fe80::fc:1/64\n"
		       "address 2 10.1.2.9 peer 10.1.2.1/32\n"
		       "way 2 10.9.0.0/16 via 10.1.2.1 table 100 src 10.1.2.3\n"
		       "route 2 10.1.2.1\nroute 2 -\nend\n",
		       "session 198.18.0.1 /proc/net/tcp a login\n"
		       "namespace own /proc/self/ns/net this network namespace\n"
		       "interface 2 eth0 1 0 0 -1 - pci 0000:00:03.0\n"
		       "address 2 198.18.0.1/24\naddress 2 2001:db8::2/64\naddress 2 fe80::3/64\n"
		       "address 2 198.18.0.4 peer 198.18.0.5/32\n"
		       "way 2 198.18.0.6/16 via 198.18.0.5 table 100 src 198.18.0.1\n"
		       "route 2 198.18.0.5\nroute 2 -\nend\n");
}

static void lines_that_end_early_say_nothing_of_addresses(void **state)
{
	assert_becomes("address 2", "");
	assert_becomes("address", "address\n");
	assert_becomes("address \nroute 2\nend", "end\n");
	assert_becomes("session 10.1.2.3", "session 198.18.0.1  a login\n");
	assert_becomes("session ", "session 198.18.0.1  a login\n");
	assert_becomes("", "");
}

UNIT(network_lines)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_replaced_and_the_same_ones_stay_the_same),
		cmocka_unit_test(lines_that_end_early_say_nothing_of_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
