/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of archives become files, folders and links; errors of the source and of the folder. */
#include "capture/untar.h"
#include "support/check.h"
#include "support/tarred.h"
#include "support/tree.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void has_text(const char *name, const char *text)
{
	char found[256] = "";
	FILE *file = fopen(tarred_path(name), "re");

	assert_non_null(file);
	assert_true(fread(found, 1, sizeof(found) - 1, file) < sizeof(found));
	fclose(file);
	assert_string_equal(found, text);
}

static void files_folders_and_links_are_made(void **state)
{
	char target[64] = "";

	tarred_add(TAR_FOLDER, "sys/", "", NULL);
	tarred_add(TAR_FILE, "./sys//a/file", "", "text\n");
	tarred_add(TAR_FILE, "sys/a/empty", "", "");
	tarred_add(TAR_LINK, "sys/link", "a/file", NULL);
	tarred_add('\0', "/proc/old", "", "without a type");
	tarred.used += 2 * (size_t)TAR_BLOCK_SIZE;
	assert_int_equal(tarred_unpack(), 0);
	has_text("/in/sys/a/file", "text\n");
	has_text("/in/sys/a/empty", "");
	has_text("/in/proc/old", "without a type");
	assert_int_equal(readlink(tarred_path("/in/sys/link"), target, sizeof(target) - 1), 6);
	assert_string_equal(target, "a/file");
}

static void long_names_and_links_are_those_of_the_next_entry_alone(void **state)
{
	char name[300] = "", target[400] = "";

	for (int i = 0; i < 12; i++)
		strcat(name, "aaaaaaaaaaaaaaaaaaaaa/");
	tarred_add(TAR_LONG_NAME, "././@LongLink", "", strcat(name, "x"));
	tarred_add(TAR_LONG_LINK, "././@LongLink", "", "the/long/target");
	tarred_add(TAR_LINK, "short", "short", NULL);
	tarred_add(TAR_PAX, "pax", "",
		   "16 path=pax/one\n21 linkpath=pax/link\n20 mtime=1700000000\n");
	tarred_add(TAR_LINK, "short", "short", NULL);
	tarred_add(TAR_PAX_GLOBAL, "pax", "", "12 comment=x\n");
	tarred_add(TAR_FILE, "last", "", "x");
	assert_int_equal(tarred_unpack(), 0);
	snprintf(target, sizeof(target), "/in/%s", name);
	assert_int_equal(readlink(tarred_path(target), name, sizeof(name)), 15);
	assert_memory_equal(name, "the/long/target", 15);
	assert_int_equal(readlink(tarred_path("/in/pax/one"), name, sizeof(name)), 8);
	assert_memory_equal(name, "pax/link", 8);
	has_text("/in/last", "x");
}

static void a_prefix_is_part_of_the_name(void **state)
{
	struct tar_header header = {
		.type = TAR_FILE, .name = "file", .prefix = "above/it", .magic = "ustar"};

	snprintf(header.size, sizeof(header.size), "%011o", 0U);
	tarred_seal(&header);
	tarred_add_block(&header, sizeof(header));
	assert_int_equal(tarred_unpack(), 0);
	has_text("/in/above/it/file", "");
}

static void of_two_entries_with_a_name_the_last_counts(void **state)
{
	tarred_add(TAR_FILE, "a", "", "first");
	tarred_add(TAR_LINK, "b", "../outside/secret", NULL);
	tarred_add(TAR_FILE, "a", "", "last");
	tarred_add(TAR_FILE, "b", "", "a file now");
	assert_int_equal(tarred_unpack(), 0);
	has_text("/in/a", "last");
	has_text("/in/b", "a file now");
	has_text("/outside/secret", "before\n");
}

static void names_with_dots_are_names(void **state)
{
	tarred_add(TAR_FILE, ".a/..b/c.", "", "x");
	tarred_add(TAR_FILE, "...", "", "y");
	tarred_add(TAR_FOLDER, ".", "", NULL);
	assert_int_equal(tarred_unpack(), 0);
	has_text("/in/.a/..b/c.", "x");
	has_text("/in/...", "y");
}

/* Its name is empty, but it is no end of the archive. */
static void a_header_without_a_name_is_the_folder_itself(void **state)
{
	tarred_add(TAR_FILE, "", "", NULL);
	tarred_add(TAR_FILE, "a", "", "x");
	assert_int_equal(tarred_unpack(), 0);
	has_text("/in/a", "x");
}

/* Whether an archive with that text in the field of a size is accepted. */
static int unpack_with_size(const char *field, const char *text)
{
	struct tar_header header = {.type = TAR_FILE, .name = "a", .magic = "ustar"};

	tarred_start_anew();
	memcpy(header.size, field, strnlen(field, sizeof(header.size)));
	tarred_seal(&header);
	tarred_add_block(&header, sizeof(header));
	tarred_add_block(text, strlen(text));
	return tarred_unpack();
}

static void sizes_are_octal_numbers_with_blanks_around_them(void **state)
{
	static const char *const sizes[] = {"4",    "00000000004", "000000000004",
					    "   4", "  4 ",	   "          4 "};
	static const char *const wrong[] = {"", "            ", "8", "4x", "x", "-4"};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(unpack_with_size(sizes[i], "text"), 0);
		has_text("/in/a", "text");
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(unpack_with_size(wrong[i], "text"), -EINVAL);
		assert_non_null(strstr(tarred.error.message, "too large"));
	}
}

/* A source that breaks where the archive ends, as a disk or a network does. */
static ssize_t give_and_break(void *context, void *bytes, size_t size)
{
	return tarred.given == tarred.used ? -EIO : tarred_read(context, bytes, size);
}

static void an_error_of_the_source_is_handed_on_wherever_it_comes(void **state)
{
	size_t whole;

	tarred_add(TAR_PAX_GLOBAL, "pax", "", "12 comment=x\n");
	tarred_add(TAR_LONG_NAME, "././@LongLink", "", "a/long/name");
	tarred_add(TAR_FILE, "short", "", "some text");
	tarred_add(TAR_PAX, "pax", "", "16 path=pax/one\n");
	tarred_add(TAR_FILE, "short", "", "more text");
	whole = tarred.used;
	for (tarred.used = 0; tarred.used < whole; tarred.used += 64) {
		tarred_end(NULL);
		tarred.dir = tree_new("/in/\n");
		tarred.given = 0;
		assert_int_equal(tarred_unpack_from(give_and_break), -EIO);
		assert_int_equal(tarred.error.code, ERROR_IO);
		assert_non_null(strstr(tarred.error.message, "cannot read the archive"));
	}
}

static void a_name_that_no_file_system_takes_is_an_error(void **state)
{
	char long_name[300] = "", name[400];

	memset(long_name, 'a', sizeof(long_name) - 1);
	for (int i = 0; i < 3; i++) {
		tarred_start_anew();
		snprintf(name, sizeof(name), "%s%s%s", i == 2 ? "above/" : "", long_name,
			 i == 1 ? "/below" : "");
		tarred_add(TAR_LONG_NAME, "././@LongLink", "", name);
		tarred_add(TAR_FILE, "short", "", "x");
		assert_int_equal(tarred_unpack(), -ENAMETOOLONG);
		assert_int_equal(tarred.error.code, ERROR_IO);
	}
}

/* The folder is removed while the archive is unpacked: nothing can be made in it. */
static void a_folder_that_is_gone_is_an_error(void **state)
{
	static const struct {
		int type;
		const char *name;
	} entries[] = {{TAR_FILE, "a"}, {TAR_LINK, "a"}, {TAR_FOLDER, "a"}, {TAR_FILE, "a/b"}};

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct untar_source source = {.read = tarred_read};
		int folder;

		tarred_start_anew();
		tarred_add(entries[i].type, entries[i].name, "target", NULL);
		folder = tarred_folder();
		assert_int_equal(rmdir(tarred_path("/in")), 0);
		assert_int_equal(untar(&source, folder, &tarred.error), -ENOENT);
		assert_int_equal(tarred.error.code, ERROR_IO);
		close(folder);
	}
}

static void limits_of_the_process_are_errors_with_their_reason(void **state)
{
	struct rlimit old, new;

	tarred_add(TAR_FILE, "a", "", "some text");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	new = (struct rlimit){4, old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &new), 0);
	assert_int_equal(tarred_unpack(), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(tarred.error.code, ERROR_IO);
	assert_non_null(strstr(tarred.error.message, strerror(EFBIG)));
	tarred.given = 0;
	assert_int_equal(tarred_unpack(), 0);
	has_text("/in/a", "some text");
}

UNIT(untar)
{
	const struct CMUnitTest tests[] = {
		WITH_TARRED(files_folders_and_links_are_made),
		WITH_TARRED(long_names_and_links_are_those_of_the_next_entry_alone),
		WITH_TARRED(a_prefix_is_part_of_the_name),
		WITH_TARRED(of_two_entries_with_a_name_the_last_counts),
		WITH_TARRED(names_with_dots_are_names),
		WITH_TARRED(a_header_without_a_name_is_the_folder_itself),
		WITH_TARRED(sizes_are_octal_numbers_with_blanks_around_them),
		WITH_TARRED(an_error_of_the_source_is_handed_on_wherever_it_comes),
		WITH_TARRED(a_name_that_no_file_system_takes_is_an_error),
		WITH_TARRED(a_folder_that_is_gone_is_an_error),
		WITH_TARRED(limits_of_the_process_are_errors_with_their_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
