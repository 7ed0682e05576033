/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that the ring has lost, from a program in the place of journalctl. */
#include "sources/deferral/log_journald.h"

#include "base/clock.h"
#include "sources/deferral/log.h"
#include "sources/sources.h"
#include "support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/journaldXXXXXX";
static char program[64], output[64];

static int make_program_folder(void **state)
{
	assert_non_null(mkdtemp(dir));
	snprintf(program, sizeof(program), "%s/journalctl", dir);
	snprintf(output, sizeof(output), "%s/output", dir);
	return 0;
}

static int remove_program_folder(void **state)
{
	unlink(program);
	unlink(output);
	return rmdir(dir);
}

static void write_bytes(const char *path, const void *bytes, size_t length, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* The program: a shell script. */
static void program_is(const char *script)
{
	char text[512];
	int length = snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);

	write_bytes(program, text, (size_t)length, 0700);
}

/* The program prints @bytes, whatever they are. */
static void program_prints(const void *bytes, size_t length)
{
	char script[128];

	write_bytes(output, bytes, length, 0600);
	snprintf(script, sizeof(script), "cat %s", output);
	program_is(script);
}

#define RECORD(time, transport, facility, message)                                              \
	"__CURSOR=s=1;i=2\n__MONOTONIC_TIMESTAMP=9999999999\n_BOOT_ID=x\n_TRANSPORT=" transport \
	"\nPRIORITY=3\nSYSLOG_FACILITY=" facility "\n_SOURCE_MONOTONIC_TIMESTAMP=" time         \
	"\nMESSAGE=" message "\n\n"
#define FAULT(device)                                       \
	"DMAR: [DMA Read NO_PASID] Request device [" device \
	"] fault addr 0x1000 [fault reason 0x06] x"
#define BOOT RECORD("0", "kernel", "0", "Linux version 6.12.0 (x)")

/* The output of the program, and the states of the sources and the faults that it leads to. */
struct story {
	const char *journal;
	size_t fault_count;
	enum source_state journald, log;
	bool ring_is_of_processes; /* no line of the kernel is left in the ring */
};

#define RING "<3>[  100.000000] " FAULT("02:00.0") "\n"

static void assert_story(const struct story *story)
{
	const struct log ring = {story->ring_is_of_processes ? "" : RING,
				 "the kernel has overwritten 7 of its records", 100000000};
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	struct reading reading = {.build = build_new(), .facts = FACT_FAULTS};

	assert_int_equal(root_open(dir, &root, &error), 0);
	reading.root = root;
	program_prints(story->journal, strlen(story->journal));
	log_apply_with_journald(&reading, &ring, program);
	{
		_autosystem_ const struct system *system = build_seal(reading.build, FACT_FAULTS);

		if (system->fault_count != story->fault_count)
			fail_msg("%zu faults: %s", system->fault_count, story->journal);
		if (system_source(system, "journald")->state != story->journald ||
		    system_source(system, "log")->state != story->log)
			fail_msg("%s", story->journal);
	}
}

static void the_journal_has_what_the_ring_has_lost(void **state)
{
	static const struct story stories[] = {
		/* The ring's own records are not counted twice. */
		{BOOT RECORD("5000000", "kernel", "0", FAULT("01:00.0"))
			 RECORD("100000000", "kernel", "0", FAULT("02:00.0")),
		 2, SOURCE_READ, SOURCE_READ},
		/* It begins later than the machine. */
		{RECORD("5000000", "kernel", "0", FAULT("01:00.0"))
			 RECORD("100000000", "kernel", "0", FAULT("02:00.0")),
		 2, SOURCE_PARTIAL, SOURCE_PARTIAL},
		/* It ends before the ring begins. */
		{BOOT RECORD("5000000", "kernel", "0", FAULT("01:00.0")), 2, SOURCE_PARTIAL,
		 SOURCE_PARTIAL},
		/* journald was too slow. */
		{BOOT RECORD(
			 "5000000", "driver", "3",
			 "Missed 12 kernel messages\nMESSAGE_ID=e9bf28e6e834481bb6f48f548ad13606")
			 RECORD("100000000", "kernel", "0", FAULT("02:00.0")),
		 1, SOURCE_PARTIAL, SOURCE_PARTIAL},
		/* Records of processes have overwritten the kernel's lines in the ring. */
		{BOOT RECORD("5000000", "kernel", "0", FAULT("01:00.0"))
			 RECORD("100000000", "kernel", "1", "x"),
		 1, SOURCE_READ, SOURCE_READ, true},
		{BOOT RECORD("5000000", "kernel", "0", FAULT("01:00.0"))
			 RECORD("99999999", "kernel", "1", "x"),
		 1, SOURCE_PARTIAL, SOURCE_PARTIAL, true},
		{BOOT RECORD("5000000", "kernel", "0", FAULT("01:00.0"))
			 RECORD("100000000", "syslog", "1", "x"),
		 1, SOURCE_PARTIAL, SOURCE_PARTIAL, true},
		/* No journal at all, and text that is none. */
		{"", 1, SOURCE_PARTIAL, SOURCE_PARTIAL},
		{"-- No entries --\n", 1, SOURCE_PARTIAL, SOURCE_PARTIAL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(stories); i++)
		assert_story(&stories[i]);
}

/* A process can write into the ring and into the journal, but with another facility or transport.
 */
static void records_of_processes_are_no_lines_of_the_kernel(void **state)
{
	static const char *const records[] = {
		RECORD("5000000", "kernel", "1", FAULT("01:00.0")),
		RECORD("5000000", "syslog", "0", FAULT("01:00.0")),
		RECORD("5000000", "journal", "0", FAULT("01:00.0") "\n_TRANSPORT_=kernel"),
		/* Without a time of its own it may be in the ring as well. */
		"_TRANSPORT=kernel\nPRIORITY=3\nSYSLOG_FACILITY=0\nMESSAGE=" FAULT(
			"01:00.0") "\n\n",
		/* A priority that no kernel has. */
		"_TRANSPORT=kernel\nPRIORITY=12\nSYSLOG_FACILITY=0\n_SOURCE_MONOTONIC_TIMESTAMP=1\n"
		"MESSAGE=" FAULT("01:00.0") "\n\n",
		/* The end is torn off. */
		"_TRANSPORT=kernel\nPRIORITY=3\nSYSLOG_FACILITY=0\n_SOURCE_MONOTONIC_TIMESTAMP=1\n"
		"MESSAGE=" FAULT("01:00.0"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		struct story story = {records[i], 1, SOURCE_PARTIAL, SOURCE_PARTIAL};

		assert_story(&story);
	}
}

static struct log_file read_intake(const void *bytes, size_t length,
				   struct journald_answer *ret_answer, int *ret_result)
{
	struct log_intake intake;

	program_prints(bytes, length);
	log_intake_begin(&intake, program);
	*ret_result = log_journald_read(program, 100000000, &intake, ret_answer);
	return log_intake_end(&intake);
}

static size_t fault_count_of(const struct log_file *log)
{
	size_t count;

	fault_tally_items(log->faults, &count);
	return count;
}

/* @length: as the field says, which may be a lie */
static size_t put_binary(char *out, uint64_t length, const char *value)
{
	size_t used = (size_t)sprintf(out, "_TRANSPORT=kernel\nPRIORITY=3\nSYSLOG_FACILITY=0\n"
					   "_SOURCE_MONOTONIC_TIMESTAMP=1\nMESSAGE\n");

	for (int i = 0; i < 8; i++)
		out[used++] = (char)(length >> (8 * i) & 0xff);
	memcpy(out + used, value, strlen(value));
	used += strlen(value);
	out[used++] = '\n';
	out[used++] = '\n';
	return used;
}

/* A newline in a record cannot begin another line of the kernel, as in the product name of a USB
 * device. */
static void a_binary_field_is_one_line(void **state)
{
	static const char forged[] = "usb 1-1: Product: x\n" FAULT("01:00.0");
	static const char real[] = FAULT("01:00.0") "\x01";
	char bytes[2048];
	struct journald_answer answer;
	struct log_file log;
	int result;

	log = read_intake(bytes, put_binary(bytes, strlen(forged), forged), &answer, &result);
	assert_int_equal(result, 0);
	assert_int_equal(fault_count_of(&log), 0);
	log_file_free(&log);
	log = read_intake(bytes, put_binary(bytes, strlen(real), real), &answer, &result);
	assert_int_equal(fault_count_of(&log), 1);
	log_file_free(&log);
	/* Lengths that lie swallow what follows, and end. */
	log = read_intake(bytes, put_binary(bytes, UINT64_MAX, real), &answer, &result);
	assert_int_equal(result, 0);
	assert_int_equal(fault_count_of(&log), 0);
	log_file_free(&log);
}

/* Fields longer than any of the kernel are dropped, and the records behind them are read. */
static void long_fields_are_dropped(void **state)
{
	static const char record[] = RECORD("5", "kernel", "0", FAULT("01:00.0"));
	const size_t big = 1 << 20;
	_autofree_ char *bytes = malloc(big + 1024);
	struct journald_answer answer;
	struct log_file log;
	size_t used;
	int result;

	assert_non_null(bytes);
	used = (size_t)sprintf(bytes, "MESSAGE\n") + 8;
	for (int i = 0; i < 8; i++)
		bytes[used - 8 + (size_t)i] = (char)((uint64_t)big >> (8 * i) & 0xff);
	memset(bytes + used, 'x', big - used);
	/* The field ends behind the buffer: the next record is part of it up to there. */
	memcpy(bytes + big - used, record, sizeof(record) - 1);
	log = read_intake(bytes, big, &answer, &result);
	assert_int_equal(result, 0);
	assert_int_equal(fault_count_of(&log), 0);
	log_file_free(&log);

	memset(bytes, 'x', big);
	bytes[big - 1] = '\n';
	memcpy(bytes + big, record, sizeof(record) - 1);
	log = read_intake(bytes, big + sizeof(record) - 1, &answer, &result);
	assert_int_equal(fault_count_of(&log), 1);
	log_file_free(&log);
}

static int result_of_program(void)
{
	struct log_intake intake;
	struct journald_answer answer;
	struct log_file log;
	int result;

	log_intake_begin(&intake, program);
	result = log_journald_read(program, 100000000, &intake, &answer);
	log = log_intake_end(&intake);
	log_file_free(&log);
	return result;
}

static void a_program_that_is_not_there_or_fails_is_an_answer(void **state)
{
	unlink(program);
	assert_int_equal(result_of_program(), -ENOENT);
	write_bytes(program, "", 0, 0600);
	/* Root may read everything, but not execute a file without that bit. */
	assert_int_equal(result_of_program(), -EACCES);
	write_bytes(program,
		    "\x7f"
		    "ELF",
		    4, 0700);
	assert_int_equal(result_of_program(), 0);
	program_is("exit 1");
	assert_int_equal(result_of_program(), 0);
}

static void a_program_that_never_answers_is_given_up(void **state)
{
	int64_t began = clock_ms();

	program_is("exec sleep 1000");
	assert_int_equal(result_of_program(), -ETIMEDOUT);
	assert_true(clock_ms() - began < 60000);
}

/* It is ended at the ring's first record, however much it would print. */
static void a_journal_without_end_is_read_up_to_the_ring(void **state)
{
	char script[512];

	write_bytes(output, RECORD("100000000", "kernel", "0", "x"),
		    sizeof(RECORD("100000000", "kernel", "0", "x")) - 1, 0600);
	snprintf(script, sizeof(script), "while :; do cat %s; done", output);
	program_is(script);
	assert_int_equal(result_of_program(), 0);
}

static void the_program_is_asked_for_the_kernel_of_this_boot(void **state)
{
	char script[256], words[512] = "";
	FILE *file;

	snprintf(script, sizeof(script), "echo \"$*\" >%s", output);
	program_is(script);
	assert_int_equal(result_of_program(), 0);
	file = fopen(output, "r");
	assert_non_null(file);
	assert_non_null(fgets(words, sizeof(words), file));
	fclose(file);
	assert_non_null(strstr(words, "--boot "));
	assert_non_null(strstr(words, "_TRANSPORT=kernel + "));
}

UNIT(log_journald)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_journal_has_what_the_ring_has_lost),
		cmocka_unit_test(records_of_processes_are_no_lines_of_the_kernel),
		cmocka_unit_test(a_binary_field_is_one_line),
		cmocka_unit_test(long_fields_are_dropped),
		cmocka_unit_test(a_program_that_is_not_there_or_fails_is_an_answer),
		cmocka_unit_test(a_program_that_never_answers_is_given_up),
		cmocka_unit_test(a_journal_without_end_is_read_up_to_the_ring),
		cmocka_unit_test(the_program_is_asked_for_the_kernel_of_this_boot),
	};

	return cmocka_run_group_tests(tests, make_program_folder, remove_program_folder);
}
