/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are given in place of the kernel log, whatever is in them. */
#include "sources/deferral/log_file.h"

#include "support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAULT                                                                                 \
	"DMAR: [DMA Read NO_PASID] Request device [06:00.1] fault addr 0x1000 [fault reason " \
	"0x06] PTE Read access is not set"

static char path[] = "/tmp/iommuctl-file-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	return close(fd);
}

static int remove_file(void **state)
{
	return unlink(path);
}

/* The number of faults in a file of these bytes; -1 where it is refused. */
static int64_t faults_of_bytes(const char *bytes, size_t length, struct error *e)
{
	_autologfile_ struct log_file log = {0};
	FILE *file = fopen(path, "w");
	const struct fault *items;
	uint64_t total = 0;
	size_t count;

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	if (log_file_read(path, &log, e) < 0)
		return -1;
	items = fault_tally_items(log.faults, &count);
	for (size_t i = 0; i < count; i++)
		total += items[i].count;
	return (int64_t)total;
}

static void lines_are_read_whatever_stands_around_them(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		int64_t faults;
	} rows[] = {
#define ROW(bytes, faults) {bytes, sizeof(bytes) - 1, faults}
		ROW("", 0),
		ROW("x", 0),
		ROW("\n\n\n", 0),
		ROW(FAULT, 1),
		ROW(FAULT "\n" FAULT "\n", 2),
		ROW(FAULT "\r\n" FAULT "\r\n", 2),
		ROW("\xef\xbb\xbf" FAULT "\n", 1),
		ROW("\xef\xbb\xbf", 0),
		/* A log that was cut off by a power failure has NUL bytes. */
		ROW("\0\0\0\0\n" FAULT "\n\0\0", 1),
		ROW("DMAR: \0\n" FAULT "\n", 1),
		ROW("caf\xe9 \xff\n" FAULT "\n", 1),
#undef ROW
	};
	struct error error = {0};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (faults_of_bytes(rows[i].bytes, rows[i].length, &error) != rows[i].faults)
			fail_msg("row %zu", i);
}

static void what_is_no_text_is_refused_by_name(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *word;
	} rows[] = {
#define ROW(bytes, word) {bytes, sizeof(bytes) - 1, word}
		ROW("\x1f\x8b\x08", "gzip"),
		ROW("\x1f\x8b", "gzip"),
		ROW("\xfd"
		    "7zXZ\0",
		    "xz"),
		ROW("\x28\xb5\x2f\xfd", "zstd"),
		ROW("\xff\xfe"
		    "D\0M\0",
		    "UTF-16"),
		ROW("\xfe\xff\0D\0M", "UTF-16"),
		ROW("LPKSHHRH\0\0", "systemd-journald"),
#undef ROW
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = {0};

		assert_int_equal(faults_of_bytes(rows[i].bytes, rows[i].length, &error), -1);
		assert_int_equal(error.code, ERROR_MALFORMED);
		assert_non_null(strstr(error.message, rows[i].word));
	}
}

static void a_long_line_hides_no_other(void **state)
{
	const size_t length = 1 << 20;
	_autofree_ char *bytes = malloc(length + 2 * sizeof(FAULT));
	struct error error = {0};

	assert_non_null(bytes);
	memset(bytes, 'x', length);
	memcpy(bytes + length, "\n" FAULT, sizeof(FAULT));
	assert_int_equal(faults_of_bytes(bytes, length + sizeof(FAULT), &error), 1);
	/* The end of a long line is no line. */
	memcpy(bytes + length, FAULT "\n", sizeof(FAULT));
	assert_int_equal(faults_of_bytes(bytes, length + sizeof(FAULT), &error), 0);
}

static void files_without_end_or_lines_are_refused(void **state)
{
	static const char *const paths[] = {"/dev/zero", "/dev/kmsg", "/"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct log_file log = {0};
		struct error error = {0};

		if (access(paths[i], R_OK) == 0)
			assert_true(log_file_read(paths[i], &log, &error) < 0);
	}
}

UNIT(log_file)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_whatever_stands_around_them),
		cmocka_unit_test(what_is_no_text_is_refused_by_name),
		cmocka_unit_test(a_long_line_hides_no_other),
		cmocka_unit_test(files_without_end_or_lines_are_refused),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
