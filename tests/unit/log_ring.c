/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's log: which records are missing, and the source that it becomes. */
#include "sources/deferral/log_ring.h"
#include "checks/cause.h"
#include "model/build.h"
#include "support/check.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A descriptor as /dev/kmsg: a record for each read, and -EAGAIN after the last. */
static int open_ring(const char *const *records, size_t count)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_DIRECT | O_NONBLOCK | O_CLOEXEC), 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(write(ends[1], records[i], strlen(records[i])),
				 strlen(records[i]));
	/* The other end stays open until the caller closes the descriptor that follows. */
	assert_int_equal(fcntl(ends[0], F_SETFL, O_RDONLY | O_NONBLOCK), 0);
	assert_true(ends[1] == ends[0] + 1);
	return ends[0];
}

static struct log drain_ring(const char *const *records, size_t count, struct arena *arena)
{
	struct log log;
	int fd = open_ring(records, count);

	assert_int_equal(log_ring_drain(fd, arena, &log), 0);
	close(fd);
	close(fd + 1);
	return log;
}

static void assert_ring(const char *const *records, size_t count, const char *text,
			const char *lost)
{
	_autoarena_ struct arena *arena = arena_new();
	struct log log = drain_ring(records, count, arena);

	assert_string_equal(log.text, text);
	if (lost)
		assert_string_equal(log.lost, lost);
	else
		assert_null(log.lost);
}

static void a_ring_with_every_record_since_boot_is_whole(void **state)
{
	static const char *const records[] = {"6,0,0,-;Linux version 6.12.0\n",
					      "14,1,1500000,-;a line of a process\n",
					      "6,2,2000000,-;three\n"};

	assert_ring(records, ARRAY_SIZE(records),
		    "<6>[    0.000000] Linux version 6.12.0\n<6>[    2.000000] three\n", NULL);
}

static void a_ring_that_wrapped_has_lost_records(void **state)
{
	static const char *const records[] = {"6,4711,9000000,-;later\n"};

	assert_ring(records, 1, "<6>[    9.000000] later\n",
		    "the kernel has overwritten 4711 of its records");
}

static void records_can_be_overwritten_while_they_are_read(void **state)
{
	static const char *const records[] = {"6,0,0,-;one\n", "6,8,0,-;nine\n"};

	assert_ring(records, 2, "<6>[    0.000000] one\n<6>[    0.000000] nine\n",
		    "the kernel has overwritten 7 of its records");
}

static void a_ring_without_a_record_is_not_the_kernels(void **state)
{
	assert_ring(NULL, 0, "", "it has no record");
}

static void the_oldest_record_may_be_of_a_process(void **state)
{
	static const char *const records[] = {"14,7,1500000,-;a line of a process\n",
					      "6,8,2000000,-;one of the kernel\n"};
	_autoarena_ struct arena *arena = arena_new();

	assert_int_equal(drain_ring(records, 2, arena).oldest_us, 1500000);
	assert_int_equal(drain_ring(records, 1, arena).oldest_us, 1500000);
	assert_int_equal(drain_ring(NULL, 0, arena).oldest_us, UINT64_MAX);
}

static const char tree_of_wrapped[] =
	"pci 0000:01:00.0 in pci0000:00 driver=e1000e id=8086:10D3 class=20000\n"
	"/iommuctl/log = # the kernel has overwritten 7 of its records\\n"
	"<4>[    2.5] e1000e 0000:01:00.0: stream 256 already in tree from dev a.b\\n\n";

static void a_capture_of_a_wrapped_ring_is_partial_too(void **state)
{
	const struct system *system = snapshot(tree_of_wrapped, FACT_SUPPLIERS);
	const struct source *source = system_source(system, "log");

	assert_int_equal(source->state, SOURCE_PARTIAL);
	assert_string_equal(source->detail,
			    "the kernel log: the kernel has overwritten 7 of its records");
	assert_false(log_is_whole(system));
	assert_int_equal(system->remark_count, 1);
	system_free(system);
	/* No SMMU: no fact that the log could have is asked for. */
	system = snapshot(tree_of_wrapped, FACT_CAPACITY);
	assert_int_equal(system_source(system, "log")->state, SOURCE_SKIPPED);
	system_free(system);
}

static void remarks_are_read_where_suppliers_are_wanted(void **state)
{
	static const char tree[] =
		"pci 0000:01:00.0 in pci0000:00 driver=e1000e id=8086:10D3 class=20000\n"
		"/iommuctl/log = <6>[    2.4] one \\x00 byte\\n"
		"<4>[    2.5] e1000e 0000:01:00.0: stream 256 already in tree from dev a.b\\n\n";
	const struct system *system = snapshot(tree, FACT_SUPPLIERS);

	assert_int_equal(system->remark_count, 1);
	assert_string_equal(system->remarks[0]->device, "0000:01:00.0");
	assert_string_equal(system->remarks[0]->other, "a.b");
	assert_int_equal(system_source(system, "log")->state, SOURCE_READ);
	system_free(system);
	system = snapshot(tree, FACT_CAPACITY);
	assert_int_equal(system->remark_count, 0);
	system_free(system);
}

static void the_log_has_the_reason_where_the_kernels_list_cannot_be_read(void **state)
{
	static const char tree[] =
		"platform disk group=1\nplatform clock\n"
		"/iommuctl/log = <4>[   17.1] platform disk: deferred probe pending: "
		"platform: supplier clock not ready\n\n";
	const struct system *system = snapshot(tree, FACT_SUPPLIERS);
	const struct device *disk = find_device(system, "disk");

	assert_int_equal(system_source(system, "devices_deferred")->state, SOURCE_ABSENT);
	assert_string_equal(disk->probing->reason, "platform: supplier clock not ready");
	assert_int_equal(disk->probing->supplier_count, 1);
	assert_int_equal(disk->state, DEVICE_WAITING);
	system_free(system);
}

UNIT(log_ring)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_with_every_record_since_boot_is_whole),
		cmocka_unit_test(a_ring_that_wrapped_has_lost_records),
		cmocka_unit_test(records_can_be_overwritten_while_they_are_read),
		cmocka_unit_test(a_ring_without_a_record_is_not_the_kernels),
		cmocka_unit_test(the_oldest_record_may_be_of_a_process),
		cmocka_unit_test(a_capture_of_a_wrapped_ring_is_partial_too),
		cmocka_unit_test(remarks_are_read_where_suppliers_are_wanted),
		cmocka_unit_test(the_log_has_the_reason_where_the_kernels_list_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
