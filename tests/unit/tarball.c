/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An archive is written whole or not at all, and is read back as it was, compressed or not. */
#include "capture/tarball.h"

#include "capture/archive.h"
#include "capture/packer.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static struct error error;

static int start(void **state)
{
	dir = tree_new("/tmp/\n");
	error = (struct error){0};
	return setenv("TMPDIR", arena_concat(arena, dir, "/tmp", ""), 1);
}

static int end(void **state)
{
	tree_remove(dir);
	return unsetenv("TMPDIR");
}

static const char *path_of(const char *name)
{
	return arena_concat(arena, dir, "/", name);
}

static bool exists(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0;
}

/* Write an archive with a file of @size bytes, a link and a folder. */
static int write_archive(const char *path, size_t size)
{
	char *bytes = arena_alloc(arena, size + 1);
	struct tarball *tarball = NULL;
	int result = tarball_new(path, false, &tarball, &error);

	/* Bytes that no program compresses well. */
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i * i * 2654435761U >> 13);
	if (result < 0)
		return result;
	tarball_add_folder(tarball, "/sys/empty");
	tarball_add_file(tarball, "/sys/file", bytes, size);
	tarball_add_link(tarball, "/sys/link", "file");
	result = tarball_publish(tarball, &error);
	tarball_free(tarball);
	return result;
}

static void an_archive_is_read_back_as_it_was_written(void **state)
{
	static const char *const names[] = {"a.tar", "a.tar.gz"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_autoroot_ struct root *root = NULL;
		char *bytes, *through;
		size_t length, again;

		assert_int_equal(write_archive(path_of(names[i]), 200 * 1000), 0);
		assert_true(archive_is(path_of(names[i])));
		assert_int_equal(archive_open(path_of(names[i]), &root, &error), 0);
		assert_int_equal(root_read_all(root, arena, "/sys/file", 1 << 20, &bytes, &length),
				 0);
		assert_int_equal(root_read_all(root, arena, "/sys/link", 1 << 20, &through, &again),
				 0);
		assert_int_equal(length, 200 * 1000);
		assert_int_equal(again, length);
		assert_memory_equal(bytes, through, length);
		assert_int_equal((unsigned char)bytes[12345],
				 (unsigned char)(12345U * 12345U * 2654435761U >> 13));
		assert_int_equal(root_has(root, "/sys/empty"), 1);
	}
}

static void a_file_that_cannot_be_written_in_full_is_none(void **state)
{
	static const char *const names[] = {"a.tar", "a.tar.gz"};
	struct rlimit old, new;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int result;

		new = (struct rlimit){4096, old.rlim_max};
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &new), 0);
		result = write_archive(path_of(names[i]), 300 * 1000);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_true(result < 0);
		assert_int_equal(error.code, ERROR_IO);
		assert_non_null(strstr(error.message, path_of(names[i])));
		assert_false(exists(path_of(names[i])));
	}
	signal(SIGXFSZ, SIG_DFL);
}

static void a_file_that_was_not_published_is_removed(void **state)
{
	static const char *const names[] = {"a.tar", "a.tar.gz"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct tarball *tarball = NULL;

		assert_int_equal(tarball_new(path_of(names[i]), false, &tarball, &error), 0);
		tarball_add_file(tarball, "/a", "x", 1);
		tarball_free(tarball);
		assert_false(exists(path_of(names[i])));
	}
	tarball_free(NULL);
}

static void an_archive_can_go_to_standard_output(void **state)
{
	int output = dup(STDOUT_FILENO);
	int file = open(path_of("out.tar"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	_autoroot_ struct root *root = NULL;
	int result;

	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	result = write_archive("-", 10);
	dup2(output, STDOUT_FILENO);
	close(output);
	close(file);
	assert_int_equal(result, 0);
	assert_int_equal(archive_open(path_of("out.tar"), &root, &error), 0);
	assert_int_equal(root_has(root, "/sys/file"), 1);
}

static void a_terminal_gets_no_archive(void **state)
{
	int output = dup(STDOUT_FILENO);
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int result;

	if (terminal < 0)
		skip();
	fflush(stdout);
	dup2(terminal, STDOUT_FILENO);
	result = write_archive("-", 10);
	dup2(output, STDOUT_FILENO);
	close(output);
	close(terminal);
	assert_true(result < 0);
	assert_int_equal(error.code, ERROR_USAGE);
}

static void put(const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(path_of(name), "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

static int open_archive(const char *name)
{
	_autoroot_ struct root *root = NULL;

	return archive_open(path_of(name), &root, &error);
}

static void a_compressed_file_that_is_damaged_is_told_by_its_program(void **state)
{
	put("a.tar.gz", "\x1f\x8b garbage", 10);
	assert_true(open_archive("a.tar.gz") < 0);
	assert_non_null(strstr(error.message, "gzip cannot expand"));
	assert_non_null(strstr(error.message, "a.tar.gz"));
}

static void a_file_that_is_no_archive_is_refused(void **state)
{
	put("short", "\x1f", 1);
	assert_int_equal(open_archive("short"), -EINVAL);
	assert_int_equal(error.code, ERROR_MALFORMED);
	put("text", "some text that is no archive", 28);
	assert_int_equal(open_archive("text"), -EINVAL);
	assert_int_equal(open_archive("absent"), -ENOENT);
	assert_int_equal(error.code, ERROR_IO);
	assert_false(archive_is(path_of("absent")));
	assert_false(archive_is(dir));
}

static void an_archive_needs_a_folder_to_be_unpacked_in(void **state)
{
	char long_path[PATH_SIZE];

	assert_int_equal(write_archive(path_of("a.tar"), 10), 0);
	setenv("TMPDIR", path_of("absent"), 1);
	assert_int_equal(open_archive("a.tar"), -ENOENT);
	assert_non_null(strstr(error.message, "cannot unpack into"));
	memset(long_path, '/', sizeof(long_path));
	long_path[sizeof(long_path) - 1] = '\0';
	setenv("TMPDIR", long_path, 1);
	assert_int_equal(open_archive("a.tar"), -ENAMETOOLONG);
	/* A relative path is not used. */
	setenv("TMPDIR", "tmp", 1);
	assert_int_equal(open_archive("a.tar"), 0);
}

static void names_and_first_bytes_tell_the_compression(void **state)
{
	assert_string_equal(packing_of_name("a.tar.gz")->program, "gzip");
	assert_string_equal(packing_of_name("a.tgz")->program, "gzip");
	assert_string_equal(packing_of_name("a.zst")->program, "zstd");
	assert_string_equal(packing_of_name("a.tzst")->program, "zstd");
	assert_null(packing_of_name("a.tar"));
	assert_null(packing_of_name("gz"));
	assert_string_equal(packing_of_bytes("\x28\xb5\x2f\xfd", 4)->program, "zstd");
	assert_string_equal(packing_of_bytes("\x1f\x8b", 2)->program, "gzip");
	assert_null(packing_of_bytes("\x28\xb5\x2f", 3));
	assert_null(packing_of_bytes("\x1f", 1));
	assert_null(packing_of_bytes("\x1f\x8a", 2));
	assert_null(packing_of_bytes("", 0));
}

static void a_program_that_is_missing_has_its_package_as_the_remedy(void **state)
{
	static const struct packing absent = {"no-such-program", ".x", "x"};
	struct child child;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC), status;

	assert_int_equal(packer_compress(&absent, fd, &child), 0);
	status = child_finish(&child, 30 * 1000);
	close(fd);
	assert_int_equal(status, PACKER_MISSING);
	assert_int_equal(packer_failed(&absent, status, "compress", "a.x", &error), -ENOENT);
	assert_non_null(strstr(error.message, "no-such-program is not installed"));
	assert_non_null(strstr(error.remedy, "no-such-program"));
	assert_true(packer_failed(&absent, -EPIPE, "compress", "a.x", &error) < 0);
	assert_non_null(strstr(error.message, "no-such-program cannot compress a.x"));
	assert_non_null(strstr(error.message, strerror(EPIPE)));
}

UNIT(tarball)
{
#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		WITH_PLACE(an_archive_is_read_back_as_it_was_written),
		WITH_PLACE(a_file_that_cannot_be_written_in_full_is_none),
		WITH_PLACE(a_file_that_was_not_published_is_removed),
		WITH_PLACE(an_archive_can_go_to_standard_output),
		WITH_PLACE(a_terminal_gets_no_archive),
		WITH_PLACE(a_compressed_file_that_is_damaged_is_told_by_its_program),
		WITH_PLACE(a_file_that_is_no_archive_is_refused),
		WITH_PLACE(an_archive_needs_a_folder_to_be_unpacked_in),
		WITH_PLACE(names_and_first_bytes_tell_the_compression),
		WITH_PLACE(a_program_that_is_missing_has_its_package_as_the_remedy),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
