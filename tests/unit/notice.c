/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Print to a pipe that is read, to one that is full, and to one without a reader. */
#include "base/notice.h"
#include "base/clock.h"
#include "support/check.h"

#include <fcntl.h>
#include <string.h>

static void a_notice_arrives(void **state)
{
	char bytes[16] = "";
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	notice_print(ends[1], "waiting\n");
	assert_int_equal(read(ends[0], bytes, sizeof(bytes)), 8);
	assert_string_equal(bytes, "waiting\n");
	close(ends[0]);
	close(ends[1]);
}

static void a_pipe_that_is_not_read_holds_up_nothing(void **state)
{
	static char fill[1 << 20];
	int64_t began = clock_ms();
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	while (write(ends[1], fill, sizeof(fill)) > 0)
		;
	/* From here on a write to the pipe blocks. */
	assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
	notice_print(ends[1], "waiting\n");
	assert_true(clock_ms() - began < 2000);
	close(ends[0]);
	close(ends[1]);
}

static void a_pipe_without_a_reader_raises_no_signal(void **state)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	notice_print(ends[1], "waiting\n");
	close(ends[1]);
}

UNIT(notice)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_notice_arrives),
		cmocka_unit_test(a_pipe_that_is_not_read_holds_up_nothing),
		cmocka_unit_test(a_pipe_without_a_reader_raises_no_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
