/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The faults that "watch" finds in the kernel log, which is a pair of sockets here. */
#include "commands/watch_log.h"

#include "support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAULT                                                                                  \
	"DMAR: [DMA Write NO_PASID] Request device [06:00.1] fault addr 0x1000 [fault reason " \
	"0x05] PTE Write access is not set"

static int sender;

/* A log that has the record @text. */
static struct watch_log log_with(const char *text)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
	sender = ends[1];
	assert_true(send(sender, text, strlen(text), 0) > 0);
	return watch_log_start(ends[0]);
}

static void add_record(const char *text)
{
	assert_true(send(sender, text, strlen(text), 0) > 0);
}

static size_t count_faults(const struct watch_log *log)
{
	size_t count;

	watch_log_faults(log, &count);
	return count;
}

static void end_log(struct watch_log *log)
{
	watch_log_stop(log);
	close(sender);
}

static void only_what_is_logged_from_now_on_counts(void **state)
{
	struct watch_log log = log_with("4,700,1000000,-;" FAULT "\n");

	assert_int_equal(count_faults(&log), 0);
	assert_int_equal(watch_log_read(&log), 0);
	assert_int_equal(count_faults(&log), 0);
	add_record("4,701,1200000,-;" FAULT "\n");
	assert_int_equal(watch_log_read(&log), 0);
	assert_int_equal(count_faults(&log), 1);
	end_log(&log);
}

static void each_reading_has_its_own_faults(void **state)
{
	struct watch_log log = log_with("6,0,0,-;Linux version\n");
	const struct fault *fault;
	size_t count;

	add_record("4,1,1000000,-;" FAULT "\n");
	add_record("12,2,1000000,-;a process may write here\n");
	add_record("4,3,1000000,-;" FAULT "\n");
	assert_int_equal(watch_log_read(&log), 0);
	fault = watch_log_faults(&log, &count);
	assert_int_equal(count, 1);
	assert_int_equal(fault->count, 2);
	assert_string_equal(fault->device, "06:00.1");
	assert_int_equal(watch_log_read(&log), 0);
	assert_int_equal(count_faults(&log), 0);
	end_log(&log);
}

static void records_that_were_overwritten_are_counted_once(void **state)
{
	struct watch_log log = log_with("6,20,0,-;what came before is of no interest\n");

	add_record("6,23,0,-;two are missing\n");
	add_record("4,25,0,-;" FAULT "\n");
	assert_int_equal(watch_log_read(&log), 3);
	assert_int_equal(count_faults(&log), 1);
	assert_int_equal(watch_log_read(&log), 0);
	end_log(&log);
}

static void a_log_that_ends_is_closed(void **state)
{
	struct watch_log log = log_with("6,0,0,-;Linux version\n");

	assert_true(log.fd >= 0);
	/* A file is no ring of a kernel. */
	assert_int_equal(dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), log.fd), log.fd);
	assert_int_equal(watch_log_read(&log), 0);
	assert_int_equal(log.fd, -1);
	assert_int_equal(watch_log_read(&log), 0);
	end_log(&log);
}

static void without_a_log_there_are_no_faults(void **state)
{
	struct watch_log log = watch_log_start(-EACCES);

	assert_int_equal(log.fd, -1);
	assert_int_equal(watch_log_read(&log), 0);
	assert_int_equal(count_faults(&log), 0);
	watch_log_stop(&log);
}

UNIT(watch_log)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_logged_from_now_on_counts),
		cmocka_unit_test(each_reading_has_its_own_faults),
		cmocka_unit_test(records_that_were_overwritten_are_counted_once),
		cmocka_unit_test(a_log_that_ends_is_closed),
		cmocka_unit_test(without_a_log_there_are_no_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
