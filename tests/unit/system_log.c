/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log daemon that reads, one that has stopped reading, and none. */
#include "actions/system_log.h"
#include "base/clock.h"
#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static char dir[] = "/tmp/logXXXXXX";
static char path[64];

static int make_folder(void **state)
{
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(path);
	return rmdir(dir);
}

static int listen_as(int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	unlink(path);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void must_be_a_message(const char *bytes, ssize_t length)
{
	assert_true(length > 0);
	/* auth is facility 4, notice priority 5 */
	assert_memory_equal(bytes, "<37>", 4);
	assert_non_null(strstr(bytes, " iommuctl["));
	assert_non_null(strstr(bytes, "]: transaction 3: done"));
}

static void a_line_arrives_as_a_datagram(void **state)
{
	_autoclose_ int daemon = listen_as(SOCK_DGRAM);
	char bytes[256] = "";
	ssize_t length;

	assert_int_equal(system_log_send(path, "transaction 3: done"), 0);
	length = recv(daemon, bytes, sizeof(bytes) - 1, MSG_DONTWAIT);
	must_be_a_message(bytes, length);
	assert_int_equal(strlen(bytes), length);
}

static void a_line_arrives_in_a_stream_with_a_nul_at_its_end(void **state)
{
	_autoclose_ int daemon = listen_as(SOCK_STREAM);
	_autoclose_ int connection = -1;
	char bytes[256];
	ssize_t length;

	assert_int_equal(listen(daemon, 1), 0);
	assert_int_equal(system_log_send(path, "transaction 3: done"), 0);
	connection = accept(daemon, NULL, NULL);
	length = recv(connection, bytes, sizeof(bytes), MSG_DONTWAIT);
	must_be_a_message(bytes, length);
	assert_int_equal(bytes[length - 1], 0);
}

/* syslog(3) would block without end here. */
static void a_log_that_does_not_read_loses_the_line(void **state)
{
	enum { LINES = 10000 };
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		_autoclose_ int daemon = listen_as(types[i]);
		int64_t began = clock_ms();
		int result = 0;

		if (types[i] == SOCK_STREAM)
			assert_int_equal(listen(daemon, 1), 0);
		for (int line = 0; line < LINES && result == 0; line++)
			result = system_log_send(path, "transaction 3: done");
		assert_int_equal(result, -EAGAIN);
		assert_true(clock_ms() - began < 5000);
	}
}

static void a_machine_without_a_log_loses_the_line(void **state)
{
	unlink(path);
	assert_int_equal(system_log_send(path, "transaction 3: done"), -ENOENT);
}

static void a_line_that_is_too_long_is_cut_off(void **state)
{
	_autoclose_ int daemon = listen_as(SOCK_DGRAM);
	char line[8000], bytes[8192];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(system_log_send(path, line), 0);
	assert_int_equal(recv(daemon, bytes, sizeof(bytes), MSG_DONTWAIT), 4095);
	assert_int_equal(bytes[4094], 'x');
}

static void a_socket_whose_path_is_too_long_is_an_error(void **state)
{
	char long_path[200];

	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(system_log_send(long_path, "x"), -ENAMETOOLONG);
}

UNIT(system_log)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_arrives_as_a_datagram),
		cmocka_unit_test(a_line_arrives_in_a_stream_with_a_nul_at_its_end),
		cmocka_unit_test(a_log_that_does_not_read_loses_the_line),
		cmocka_unit_test(a_machine_without_a_log_loses_the_line),
		cmocka_unit_test(a_line_that_is_too_long_is_cut_off),
		cmocka_unit_test(a_socket_whose_path_is_too_long_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
