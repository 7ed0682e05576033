/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP connections of this process, over the loopback interface. */
#include "sources/network/connection.h"
#include "sources/network/session.h"
#include "support/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Both ends of a connection, and the socket that accepted it. */
struct wire {
	int listener, near, far;
	unsigned port; /* of the far end */
};

static uint64_t inode_of(int descriptor)
{
	struct stat status;

	assert_int_equal(fstat(descriptor, &status), 0);
	return status.st_ino;
}

/* A listener of both families, and an IPv4 connection to it. */
static struct wire connect_wire(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT};
	struct sockaddr_in target = {.sin_family = AF_INET};
	socklen_t length = sizeof(any);
	struct wire wire = {.listener = socket(AF_INET6, SOCK_STREAM, 0)};
	int no = 0;

	assert_true(wire.listener >= 0);
	assert_int_equal(setsockopt(wire.listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)), 0);
	assert_int_equal(bind(wire.listener, (struct sockaddr *)&any, length), 0);
	assert_int_equal(listen(wire.listener, 1), 0);
	assert_int_equal(getsockname(wire.listener, (struct sockaddr *)&any, &length), 0);
	wire.port = ntohs(any.sin6_port);
	target.sin_port = any.sin6_port;
	target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	wire.near = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(wire.near, (struct sockaddr *)&target, sizeof(target)), 0);
	wire.far = accept(wire.listener, NULL, NULL);
	assert_true(wire.far >= 0);
	return wire;
}

static void cut_wire(const struct wire *wire)
{
	close(wire->listener);
	close(wire->near);
	close(wire->far);
}

/* Some containers forbid the question even of a process about itself. */
static bool is_forbidden(int result)
{
	return result == -EPERM || result == -ENOSYS;
}

static int find_connection(int descriptor, struct connection *ret_connection)
{
	return connection_ask(getpid(), descriptor, inode_of(descriptor), ret_connection);
}

static void a_connection_tells_both_ends(void **state)
{
	const struct wire wire = connect_wire();
	struct connection near = {0}, far = {0};
	int near_result = find_connection(wire.near, &near),
	    far_result = find_connection(wire.far, &far);

	cut_wire(&wire);
	if (is_forbidden(near_result))
		skip();
	assert_int_equal(near_result, 1);
	assert_string_equal(near.ours, "127.0.0.1");
	assert_string_equal(near.theirs, "127.0.0.1");
	/* The far end is an IPv6 socket with ::ffff:127.0.0.1. */
	assert_int_equal(far_result, 1);
	assert_string_equal(far.ours, "127.0.0.1");
	assert_int_equal(far.port, wire.port);
	assert_int_not_equal(near.port, wire.port);
}

static void other_sockets_are_no_connection(void **state)
{
	const struct wire wire = connect_wire();
	struct connection connection;
	int ends[2], listener = find_connection(wire.listener, &connection), local, closing;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	local = find_connection(ends[0], &connection);
	shutdown(wire.near, SHUT_WR);
	closing = find_connection(wire.near, &connection);
	close(ends[0]);
	close(ends[1]);
	cut_wire(&wire);
	if (is_forbidden(listener))
		skip();
	assert_int_equal(listener, 0);
	assert_int_equal(local, 0);
	assert_int_equal(closing, 0);
}

static void a_descriptor_that_is_another_file_now_is_not_asked(void **state)
{
	const struct wire wire = connect_wire();
	struct connection connection;
	int other = connection_ask(getpid(), wire.near, inode_of(wire.far), &connection);
	int closed;

	cut_wire(&wire);
	closed = connection_ask(getpid(), wire.near, 1, &connection);
	if (is_forbidden(other))
		skip();
	assert_int_equal(other, -ESTALE);
	assert_int_equal(closed, -EBADF);
}

static void a_process_that_has_ended_is_not_asked(void **state)
{
	struct connection connection;

	assert_int_equal(connection_ask(1 << 30, 0, 1, &connection), -ESRCH);
}

/*
 * Where the question is forbidden, the tables of the kernel have the connection. A process that
 * has it open twice has one session.
 */
static void the_session_of_the_running_machine_has_it_once(void **state)
{
	_autofree_ char *lines = NULL, *expected = NULL;
	_autoroot_ struct root *root = NULL;
	const struct wire wire = connect_wire();
	struct error error = {0};
	const char *first;
	size_t length;
	int again = dup(wire.far);
	FILE *out = open_memstream(&lines, &length);

	assert_non_null(out);
	assert_int_equal(root_open(NULL, &root, &error), 0);
	session_lines(root, getpid(), out);
	fclose(out);
	cut_wire(&wire);
	close(again);
	assert_true(asprintf(&expected, "(process %d), port %u, from 127.0.0.1\n", getpid(),
			     wire.port) > 0);
	first = strstr(lines, expected);
	assert_non_null(first);
	assert_null(strstr(first + 1, expected));
}

UNIT(connection)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_tells_both_ends),
		cmocka_unit_test(other_sockets_are_no_connection),
		cmocka_unit_test(a_descriptor_that_is_another_file_now_is_not_asked),
		cmocka_unit_test(a_process_that_has_ended_is_not_asked),
		cmocka_unit_test(the_session_of_the_running_machine_has_it_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
