/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hostile archives: no entry leaves the folder, and each refusal has a reason. */
#include "capture/untar.h"
#include "support/check.h"
#include "support/tarred.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void is_refused(const char *words)
{
	tarred.used += 2 * (size_t)TAR_BLOCK_SIZE;
	assert_int_equal(tarred_unpack(), -EINVAL);
	assert_int_equal(tarred.error.code, ERROR_MALFORMED);
	if (!strstr(tarred.error.message, words))
		fail_msg("\"%s\" does not say \"%s\"", tarred.error.message, words);
}

static bool exists(const char *name)
{
	struct stat status;

	return lstat(tarred_path(name), &status) == 0;
}

static void no_name_leads_out(void **state)
{
	static const char *const names[] = {"../outside/new", "a/../../outside/new", "..",
					    "/../outside/new", "a/.."};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		tarred_start_anew();
		tarred_add(TAR_FILE, names[i], "", "x");
		is_refused("leads out of it");
		assert_false(exists("/outside/new"));
	}
	tarred_start_anew();
	tarred_add(TAR_LONG_NAME, "././@LongLink", "", "b/../../outside/new");
	tarred_add(TAR_FILE, "x", "", "x");
	is_refused("leads out of it");
	assert_false(exists("/outside/new"));
}

static void nothing_is_made_through_a_link(void **state)
{
	tarred_add(TAR_LINK, "way", "../outside", NULL);
	tarred_add(TAR_FILE, "way/new", "", "x");
	is_refused("through a link");
	assert_false(exists("/outside/new"));
	tarred_start_anew();
	tarred_add(TAR_LINK, "way", "../outside", NULL);
	tarred_add(TAR_FOLDER, "way/new", "", NULL);
	is_refused("through a link");
	assert_false(exists("/outside/new"));
	tarred_start_anew();
	tarred_add(TAR_FOLDER, "a", "", NULL);
	tarred_add(TAR_LINK, "a", "../outside", NULL);
	is_refused("in the place of a folder");
}

/* The folder of the last entry stays open: it must be the one of that name. */
static void a_folder_that_became_a_link_is_not_used(void **state)
{
	tarred_add(TAR_FILE, "a/b/file", "", "x");
	tarred_add(TAR_LINK, "a/c", "../../outside", NULL);
	tarred_add(TAR_FILE, "a/c/new", "", "x");
	is_refused("through a link");
	assert_false(exists("/outside/new"));
}

static void other_kinds_are_refused(void **state)
{
	static const char kinds[] = {'1', '3', '4', '6', '7', 'S', 'Z'};

	for (size_t i = 0; i < sizeof(kinds); i++) {
		tarred_start_anew();
		tarred_add(kinds[i], "dev/null", "/etc/passwd", NULL);
		is_refused("no file, folder or link");
		assert_false(exists("/in/dev"));
	}
}

static void a_link_needs_a_target(void **state)
{
	tarred_add(TAR_LINK, "a", "", NULL);
	is_refused("without a target");
}

static void what_is_no_archive_is_told(void **state)
{
	is_refused("empty, or no tar file");
	strcpy(tarred.bytes, "some text");
	tarred.used = 1024;
	tarred.given = 0;
	is_refused("no tar file");
	tarred_start_anew();
	tarred_add(TAR_FILE, "a", "", "x");
	tarred.bytes[0] ^= 1;
	is_refused("no tar file, or damaged");
}

static void an_archive_that_is_cut_off_is_told(void **state)
{
	size_t whole;

	tarred_add(TAR_FILE, "a", "", "some text");
	whole = tarred.used;
	for (tarred.used = 1; tarred.used < whole; tarred.used += 73) {
		tarred.given = 0;
		assert_int_equal(tarred_unpack(), -EINVAL);
		assert_non_null(strstr(tarred.error.message, "in the middle"));
	}
}

static void sizes_are_bounded(void **state)
{
	struct tar_header header = {.type = TAR_FILE, .name = "big", .magic = "ustar"};

	snprintf(header.size, sizeof(header.size), "%011o", (unsigned)UNTAR_FILE_MAX + 1);
	tarred_seal(&header);
	tarred_add_block(&header, sizeof(header));
	is_refused("too large");
	tarred_start_anew();
	memcpy(header.size, "\x80\0\0\0\0\0\0\0\0\0\0\1", sizeof(header.size));
	tarred_seal(&header);
	tarred_add_block(&header, sizeof(header));
	is_refused("too large");
	tarred_start_anew();
	header.type = TAR_LONG_NAME;
	snprintf(header.size, sizeof(header.size), "%011o", (unsigned)PATH_SIZE);
	tarred_seal(&header);
	tarred_add_block(&header, sizeof(header));
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
	tarred_seal(&header);
	/* Blocks of data are as large as headers: every second is taken for one. */
	memcpy(bytes, &header, sizeof(header));
	return (ssize_t)size;
}

static void an_archive_without_end_is_refused(void **state)
{
	assert_int_equal(tarred_unpack_from(give_without_end), -EINVAL);
	assert_non_null(strstr(tarred.error.message, "too large"));
}

static void damaged_records_are_refused(void **state)
{
	static const char *const records[] = {"16 path=pax/one", "path", "11 size=10\n", "\n"};

	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		tarred_start_anew();
		tarred_add(TAR_PAX, "pax", "", records[i]);
		tarred_add(TAR_FILE, "x", "", "x");
		is_refused("records");
	}
}

UNIT(untar_hostile)
{
	const struct CMUnitTest tests[] = {
		WITH_TARRED(no_name_leads_out),
		WITH_TARRED(nothing_is_made_through_a_link),
		WITH_TARRED(a_folder_that_became_a_link_is_not_used),
		WITH_TARRED(other_kinds_are_refused),
		WITH_TARRED(a_link_needs_a_target),
		WITH_TARRED(what_is_no_archive_is_told),
		WITH_TARRED(an_archive_that_is_cut_off_is_told),
		WITH_TARRED(sizes_are_bounded),
		WITH_TARRED(an_archive_without_end_is_refused),
		WITH_TARRED(damaged_records_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
