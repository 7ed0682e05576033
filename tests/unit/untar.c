/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hostile archives: no entry leaves the folder, and each refusal has a reason. */
#include "capture/untar.h"
#include "capture/tar_header.h"
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

static char archive[256 * 1024];
static size_t used, given;
static char *dir;
static struct error error;

static ssize_t give(void *context, void *bytes, size_t size)
{
	size_t step = used - given < size ? used - given : size;

	/* Short reads, as from a pipe. */
	if (step > 700)
		step = 700;
	memcpy(bytes, archive + given, step);
	given += step;
	return (ssize_t)step;
}

static void add_block(const void *bytes, size_t size)
{
	memcpy(archive + used, bytes, size);
	used += size;
	used += (TAR_BLOCK_SIZE - size % TAR_BLOCK_SIZE) % TAR_BLOCK_SIZE;
}

static void seal(struct tar_header *header)
{
	snprintf(header->checksum, sizeof(header->checksum), "%06o", tar_checksum(header));
}

static void add_entry(int type, const char *name, const char *link, const char *text)
{
	struct tar_header header = {.type = (char)type, .magic = "ustar"};
	size_t size = text ? strlen(text) : 0;

	memcpy(header.name, name, strnlen(name, sizeof(header.name)));
	memcpy(header.link, link, strnlen(link, sizeof(header.link)));
	snprintf(header.size, sizeof(header.size), "%011o", (unsigned)size & 07777777);
	seal(&header);
	add_block(&header, sizeof(header));
	if (text)
		add_block(text, size);
}

static int start(void **state)
{
	memset(archive, 0, sizeof(archive));
	used = given = 0;
	error = (struct error){0};
	dir = tree_new("/outside/secret = before\n/in/\n");
	return 0;
}

static int end(void **state)
{
	tree_remove(dir);
	return 0;
}

static const char *path_in_tree(const char *name)
{
	static char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s%s", dir, name);
	return path;
}

static int unpack(void)
{
	const struct untar_source source = {.read = give};
	int folder = open(path_in_tree("/in"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	assert_true(folder >= 0);
	result = untar(&source, folder, &error);
	close(folder);
	return result;
}

static void is_refused(const char *words)
{
	used += 2 * (size_t)TAR_BLOCK_SIZE;
	assert_int_equal(unpack(), -EINVAL);
	assert_int_equal(error.code, ERROR_MALFORMED);
	if (!strstr(error.message, words))
		fail_msg("\"%s\" does not say \"%s\"", error.message, words);
}

static void has_text(const char *name, const char *text)
{
	char found[256] = "";
	FILE *file = fopen(path_in_tree(name), "re");

	assert_non_null(file);
	assert_true(fread(found, 1, sizeof(found) - 1, file) < sizeof(found));
	fclose(file);
	assert_string_equal(found, text);
}

static bool exists(const char *name)
{
	struct stat status;

	return lstat(path_in_tree(name), &status) == 0;
}

static void files_folders_and_links_are_made(void **state)
{
	char target[64] = "";

	add_entry(TAR_FOLDER, "sys/", "", NULL);
	add_entry(TAR_FILE, "./sys//a/file", "", "text\n");
	add_entry(TAR_FILE, "sys/a/empty", "", "");
	add_entry(TAR_LINK, "sys/link", "a/file", NULL);
	add_entry('\0', "/proc/old", "", "without a type");
	used += 2 * (size_t)TAR_BLOCK_SIZE;
	assert_int_equal(unpack(), 0);
	has_text("/in/sys/a/file", "text\n");
	has_text("/in/sys/a/empty", "");
	has_text("/in/proc/old", "without a type");
	assert_int_equal(readlink(path_in_tree("/in/sys/link"), target, sizeof(target) - 1), 6);
	assert_string_equal(target, "a/file");
}

static void long_names_and_links_are_those_of_the_next_entry_alone(void **state)
{
	char name[300] = "", target[400] = "";

	for (int i = 0; i < 12; i++)
		strcat(name, "aaaaaaaaaaaaaaaaaaaaa/");
	add_entry(TAR_LONG_NAME, "././@LongLink", "", strcat(name, "x"));
	add_entry(TAR_LONG_LINK, "././@LongLink", "", "the/long/target");
	add_entry(TAR_LINK, "short", "short", NULL);
	add_entry(TAR_PAX, "pax", "",
		  "16 path=pax/one\n21 linkpath=pax/link\n20 mtime=1700000000\n");
	add_entry(TAR_LINK, "short", "short", NULL);
	add_entry(TAR_PAX_GLOBAL, "pax", "", "12 comment=x\n");
	add_entry(TAR_FILE, "last", "", "x");
	assert_int_equal(unpack(), 0);
	snprintf(target, sizeof(target), "/in/%s", name);
	assert_int_equal(readlink(path_in_tree(target), name, sizeof(name)), 15);
	assert_memory_equal(name, "the/long/target", 15);
	assert_int_equal(readlink(path_in_tree("/in/pax/one"), name, sizeof(name)), 8);
	assert_memory_equal(name, "pax/link", 8);
	has_text("/in/last", "x");
}

static void a_prefix_is_part_of_the_name(void **state)
{
	struct tar_header header = {
		.type = TAR_FILE, .name = "file", .prefix = "above/it", .magic = "ustar"};

	snprintf(header.size, sizeof(header.size), "%011o", 0U);
	seal(&header);
	add_block(&header, sizeof(header));
	assert_int_equal(unpack(), 0);
	has_text("/in/above/it/file", "");
}

static void of_two_entries_with_a_name_the_last_counts(void **state)
{
	add_entry(TAR_FILE, "a", "", "first");
	add_entry(TAR_LINK, "b", "../outside/secret", NULL);
	add_entry(TAR_FILE, "a", "", "last");
	add_entry(TAR_FILE, "b", "", "a file now");
	assert_int_equal(unpack(), 0);
	has_text("/in/a", "last");
	has_text("/in/b", "a file now");
	has_text("/outside/secret", "before\n");
}

static void no_name_leads_out(void **state)
{
	static const char *const names[] = {"../outside/new", "a/../../outside/new", "..",
					    "/../outside/new", "a/.."};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		end(NULL);
		start(NULL);
		add_entry(TAR_FILE, names[i], "", "x");
		is_refused("leads out of it");
		assert_false(exists("/outside/new"));
	}
	end(NULL);
	start(NULL);
	add_entry(TAR_LONG_NAME, "././@LongLink", "", "b/../../outside/new");
	add_entry(TAR_FILE, "x", "", "x");
	is_refused("leads out of it");
	assert_false(exists("/outside/new"));
}

static void nothing_is_made_through_a_link(void **state)
{
	add_entry(TAR_LINK, "way", "../outside", NULL);
	add_entry(TAR_FILE, "way/new", "", "x");
	is_refused("through a link");
	assert_false(exists("/outside/new"));
	end(NULL);
	start(NULL);
	add_entry(TAR_LINK, "way", "../outside", NULL);
	add_entry(TAR_FOLDER, "way/new", "", NULL);
	is_refused("through a link");
	assert_false(exists("/outside/new"));
	end(NULL);
	start(NULL);
	add_entry(TAR_FOLDER, "a", "", NULL);
	add_entry(TAR_LINK, "a", "../outside", NULL);
	is_refused("in the place of a folder");
}

/* The folder of the last entry stays open: it must be the one of that name. */
static void a_folder_that_became_a_link_is_not_used(void **state)
{
	add_entry(TAR_FILE, "a/b/file", "", "x");
	add_entry(TAR_LINK, "a/c", "../../outside", NULL);
	add_entry(TAR_FILE, "a/c/new", "", "x");
	is_refused("through a link");
	assert_false(exists("/outside/new"));
}

static void other_kinds_are_refused(void **state)
{
	static const char kinds[] = {'1', '3', '4', '6', '7', 'S', 'Z'};

	for (size_t i = 0; i < sizeof(kinds); i++) {
		end(NULL);
		start(NULL);
		add_entry(kinds[i], "dev/null", "/etc/passwd", NULL);
		is_refused("no file, folder or link");
		assert_false(exists("/in/dev"));
	}
}

static void what_is_no_archive_is_told(void **state)
{
	is_refused("empty, or no tar file");
	strcpy(archive, "some text");
	used = 1024;
	given = 0;
	is_refused("no tar file");
	end(NULL);
	start(NULL);
	add_entry(TAR_FILE, "a", "", "x");
	archive[0] ^= 1;
	is_refused("no tar file, or damaged");
}

static void an_archive_that_is_cut_off_is_told(void **state)
{
	size_t whole;

	add_entry(TAR_FILE, "a", "", "some text");
	whole = used;
	for (used = 1; used < whole; used += 73) {
		given = 0;
		assert_int_equal(unpack(), -EINVAL);
		assert_non_null(strstr(error.message, "in the middle"));
	}
}

static void sizes_are_bounded(void **state)
{
	struct tar_header header = {.type = TAR_FILE, .name = "big", .magic = "ustar"};

	snprintf(header.size, sizeof(header.size), "%011o", (unsigned)UNTAR_FILE_MAX + 1);
	seal(&header);
	add_block(&header, sizeof(header));
	is_refused("too large");
	end(NULL);
	start(NULL);
	memcpy(header.size, "\x80\0\0\0\0\0\0\0\0\0\0\1", sizeof(header.size));
	seal(&header);
	add_block(&header, sizeof(header));
	is_refused("too large");
	end(NULL);
	start(NULL);
	header.type = TAR_LONG_NAME;
	snprintf(header.size, sizeof(header.size), "%011o", (unsigned)PATH_SIZE);
	seal(&header);
	add_block(&header, sizeof(header));
	is_refused("too long");
}

static ssize_t give_without_end(void *context, void *bytes, size_t size)
{
	struct tar_header header = {.type = TAR_PAX_GLOBAL, .name = "g", .magic = "ustar"};

	if (size != sizeof(header)) {
		memset(bytes, 0, size);
		return (ssize_t)size;
	}
	snprintf(header.size, sizeof(header.size), "%011o", (unsigned)UNTAR_FILE_MAX / 2 + 1);
	seal(&header);
	/* Blocks of data are as large as headers: every second is taken for one. */
	memcpy(bytes, &header, sizeof(header));
	return (ssize_t)size;
}

static void an_archive_without_end_is_refused(void **state)
{
	const struct untar_source source = {.read = give_without_end};
	int folder = open(path_in_tree("/in"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(untar(&source, folder, &error), -EINVAL);
	close(folder);
	assert_non_null(strstr(error.message, "too large"));
}

static void damaged_records_are_refused(void **state)
{
	static const char *const records[] = {"16 path=pax/one", "path", "11 size=10\n", "\n"};

	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		end(NULL);
		start(NULL);
		add_entry(TAR_PAX, "pax", "", records[i]);
		add_entry(TAR_FILE, "x", "", "x");
		is_refused("records");
	}
}

/* A source that breaks after @used bytes, as a disk or a network does. */
static ssize_t give_and_break(void *context, void *bytes, size_t size)
{
	return given == used ? -EIO : give(context, bytes, size);
}

static int unpack_from(ssize_t (*read)(void *, void *, size_t), const char *into)
{
	const struct untar_source source = {.read = read};
	int folder = open(path_in_tree(into), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	assert_true(folder >= 0);
	result = untar(&source, folder, &error);
	close(folder);
	return result;
}

static void an_error_of_the_source_is_handed_on_wherever_it_comes(void **state)
{
	size_t whole;

	add_entry(TAR_PAX_GLOBAL, "pax", "", "12 comment=x\n");
	add_entry(TAR_LONG_NAME, "././@LongLink", "", "a/long/name");
	add_entry(TAR_FILE, "short", "", "some text");
	add_entry(TAR_PAX, "pax", "", "16 path=pax/one\n");
	add_entry(TAR_FILE, "short", "", "more text");
	whole = used;
	for (used = 0; used < whole; used += 64) {
		end(NULL);
		dir = tree_new("/in/\n");
		given = 0;
		assert_int_equal(unpack_from(give_and_break, "/in"), -EIO);
		assert_int_equal(error.code, ERROR_IO);
		assert_non_null(strstr(error.message, "cannot read the archive"));
	}
}

/* Whether an archive with that text in the field of a size is accepted. */
static int unpack_with_size(const char *field, const char *text)
{
	struct tar_header header = {.type = TAR_FILE, .name = "a", .magic = "ustar"};

	end(NULL);
	start(NULL);
	memcpy(header.size, field, strnlen(field, sizeof(header.size)));
	seal(&header);
	add_block(&header, sizeof(header));
	add_block(text, strlen(text));
	return unpack();
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
		assert_non_null(strstr(error.message, "too large"));
	}
}

static void names_with_dots_are_names(void **state)
{
	add_entry(TAR_FILE, ".a/..b/c.", "", "x");
	add_entry(TAR_FILE, "...", "", "y");
	add_entry(TAR_FOLDER, ".", "", NULL);
	assert_int_equal(unpack(), 0);
	has_text("/in/.a/..b/c.", "x");
	has_text("/in/...", "y");
}

/* Its name is empty, but it is no end of the archive. */
static void a_header_without_a_name_is_the_folder_itself(void **state)
{
	add_entry(TAR_FILE, "", "", NULL);
	add_entry(TAR_FILE, "a", "", "x");
	assert_int_equal(unpack(), 0);
	has_text("/in/a", "x");
}

static void a_link_needs_a_target(void **state)
{
	add_entry(TAR_LINK, "a", "", NULL);
	is_refused("without a target");
}

static void a_name_that_no_file_system_takes_is_an_error(void **state)
{
	char long_name[300] = "", name[400];

	memset(long_name, 'a', sizeof(long_name) - 1);
	for (int i = 0; i < 3; i++) {
		end(NULL);
		start(NULL);
		snprintf(name, sizeof(name), "%s%s%s", i == 2 ? "above/" : "", long_name,
			 i == 1 ? "/below" : "");
		add_entry(TAR_LONG_NAME, "././@LongLink", "", name);
		add_entry(TAR_FILE, "short", "", "x");
		assert_int_equal(unpack(), -ENAMETOOLONG);
		assert_int_equal(error.code, ERROR_IO);
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
		const struct untar_source source = {.read = give};
		int folder;

		end(NULL);
		start(NULL);
		add_entry(entries[i].type, entries[i].name, "target", NULL);
		folder = open(path_in_tree("/in"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_int_equal(rmdir(path_in_tree("/in")), 0);
		assert_int_equal(untar(&source, folder, &error), -ENOENT);
		assert_int_equal(error.code, ERROR_IO);
		close(folder);
	}
}

static void limits_of_the_process_are_errors_with_their_reason(void **state)
{
	struct rlimit old, new;

	add_entry(TAR_FILE, "a", "", "some text");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	new = (struct rlimit){4, old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &new), 0);
	assert_int_equal(unpack(), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(error.code, ERROR_IO);
	assert_non_null(strstr(error.message, strerror(EFBIG)));
	given = 0;
	assert_int_equal(unpack(), 0);
	has_text("/in/a", "some text");
}

#define WITH_ARCHIVE(test) cmocka_unit_test_setup_teardown(test, start, end)

UNIT(untar)
{
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(files_folders_and_links_are_made),
		WITH_ARCHIVE(long_names_and_links_are_those_of_the_next_entry_alone),
		WITH_ARCHIVE(a_prefix_is_part_of_the_name),
		WITH_ARCHIVE(of_two_entries_with_a_name_the_last_counts),
		WITH_ARCHIVE(no_name_leads_out),
		WITH_ARCHIVE(nothing_is_made_through_a_link),
		WITH_ARCHIVE(a_folder_that_became_a_link_is_not_used),
		WITH_ARCHIVE(other_kinds_are_refused),
		WITH_ARCHIVE(what_is_no_archive_is_told),
		WITH_ARCHIVE(an_archive_that_is_cut_off_is_told),
		WITH_ARCHIVE(sizes_are_bounded),
		WITH_ARCHIVE(an_archive_without_end_is_refused),
		WITH_ARCHIVE(damaged_records_are_refused),
		WITH_ARCHIVE(an_error_of_the_source_is_handed_on_wherever_it_comes),
		WITH_ARCHIVE(sizes_are_octal_numbers_with_blanks_around_them),
		WITH_ARCHIVE(names_with_dots_are_names),
		WITH_ARCHIVE(a_header_without_a_name_is_the_folder_itself),
		WITH_ARCHIVE(a_link_needs_a_target),
		WITH_ARCHIVE(a_name_that_no_file_system_takes_is_an_error),
		WITH_ARCHIVE(a_folder_that_is_gone_is_an_error),
		WITH_ARCHIVE(limits_of_the_process_are_errors_with_their_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
