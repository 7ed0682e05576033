/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files for libkmod that are damaged, missing or in the wrong place, and the states that they give.
 */
#include "sources/modules/modules.h"
#include "support/check.h"
#include "support/shelf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int look_up_of(const char *of_release, struct module_query *query)
{
	_autoroot_ struct root *root = NULL;

	shelf.error = (struct error){0};
	assert_int_equal(root_open(shelf.dir, &root, &shelf.error), 0);
	return modules_look_up(root, of_release, shelf.arena, query, 1, &shelf.error);
}

static void write_file(const char *name, const char *text)
{
	FILE *file;

	mkdir(arena_printf(shelf.arena, "%s/etc", shelf.dir), 0755);
	mkdir(arena_printf(shelf.arena, "%s/etc/modprobe.d", shelf.dir), 0755);
	file = fopen(arena_printf(shelf.arena, "%s/etc/modprobe.d/%s", shelf.dir, name), "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void remove_file(const char *name)
{
	assert_int_equal(unlink(arena_printf(shelf.arena, "%s/etc/modprobe.d/%s", shelf.dir, name)),
			 0);
}

static bool is_blacklisted_by(const char *name, const char *text)
{
	struct module_query query = {.alias = VIRTIO_IOMMU};

	write_file(name, text);
	assert_int_equal(look_up_of(shelf.release, &query), 0);
	assert_int_equal(query.count, 1);
	remove_file(name);
	return query.modules[0].blacklisted;
}

static void only_files_with_the_right_names_are_configuration(void **state)
{
	assert_true(is_blacklisted_by("a.conf", "blacklist virtio_iommu\n"));
	assert_true(is_blacklisted_by("a.conf", "blacklist virtio_iommu"));
	assert_false(is_blacklisted_by(".a.conf", "blacklist virtio_iommu\n"));
	assert_false(is_blacklisted_by("a.txt", "blacklist virtio_iommu\n"));
	assert_false(is_blacklisted_by("conf", "blacklist virtio_iommu\n"));
	assert_false(is_blacklisted_by("x.conf", "# blacklist virtio_iommu\n"));
}

/* A backslash at the end of a file does not swallow the beginning of the next one. */
static void files_do_not_run_into_each_other(void **state)
{
	write_file("0.conf", "options x y=1 \\");
	assert_true(is_blacklisted_by("1.conf", "blacklist virtio_iommu\n"));
	remove_file("0.conf");
}

static void options_and_an_install_command_are_told(void **state)
{
	struct module_query query = {.alias = VIRTIO_IOMMU, .in_full = true};

	write_file("a.conf", "options virtio_iommu x=1 y=2\ninstall virtio_iommu /bin/true\n");
	assert_int_equal(look_up_of(shelf.release, &query), 0);
	assert_true(query.modules[0].has_install_command);
	assert_string_equal(query.modules[0].options, "x=1 y=2");
	remove_file("a.conf");
}

static size_t count_for_options(const char *text)
{
	struct module_query query = {.alias = "virtio_iommu", .in_full = true, .for_options = true};

	write_file("a.conf", text);
	assert_int_equal(look_up_of(shelf.release, &query), 0);
	remove_file("a.conf");
	return query.count;
}

static void a_module_is_looked_up_for_its_options_where_its_name_is(void **state)
{
	const char *line = arena_printf(shelf.arena, "%s/proc/cmdline", shelf.dir);
	FILE *file;

	assert_int_equal(count_for_options("options virtio_iommu x=1\n"), 1);
	assert_int_equal(count_for_options("options virtio-iommu x=1"), 1);
	assert_int_equal(count_for_options("options virtio_iomm x=1\n"), 0);
	assert_int_equal(count_for_options(""), 0);
	mkdir(arena_printf(shelf.arena, "%s/proc", shelf.dir), 0755);
	file = fopen(line, "w");
	assert_non_null(file);
	fputs("quiet virtio_iommu.x=1\n", file);
	fclose(file);
	assert_int_equal(count_for_options(""), 1);
	assert_int_equal(unlink(line), 0);
}

/* A folder in the place of a configuration file: nothing can be said about blacklists. */
static void a_configuration_that_cannot_be_read_is_a_failure(void **state)
{
	const char *path = arena_printf(shelf.arena, "%s/etc/modprobe.d/a.conf", shelf.dir);
	struct module_query query = {.alias = VIRTIO_IOMMU};

	write_file("b.conf", "");
	assert_int_equal(mkdir(path, 0755), 0);
	assert_true(look_up_of(shelf.release, &query) < 0);
	assert_true(*shelf.error.message);
	assert_int_equal(rmdir(path), 0);
	remove_file("b.conf");
}

static void a_release_that_is_no_name_of_a_folder_is_malformed(void **state)
{
	static const char *const wrong[] = {"", ".", "..", "a/b", ".hidden"};
	struct module_query query = {.alias = VIRTIO_IOMMU};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(look_up_of(wrong[i], &query), -EBADMSG);
		assert_int_equal(shelf.error.code, ERROR_MALFORMED);
		assert_int_equal(query.count, 0);
	}
}

static void an_index_is_not_needed_but_for_aliases(void **state)
{
	const char *path = arena_printf(shelf.arena, "%s/lib/modules/%s/modules.softdep", shelf.dir,
					shelf.release);
	const char *away = arena_printf(shelf.arena, "%s.away", path);
	struct module_query query = {.alias = VIRTIO_IOMMU};
	bool there = rename(path, away) == 0;

	assert_int_equal(look_up_of(shelf.release, &query), 0);
	assert_int_equal(query.count, 1);
	if (there)
		assert_int_equal(rename(away, path), 0);
}

static void a_folder_for_temporary_files_that_is_too_long_or_absent_is_an_error(void **state)
{
	struct module_query query = {.alias = VIRTIO_IOMMU};
	char *kept = getenv("TMPDIR") ? arena_strdup(shelf.arena, getenv("TMPDIR")) : NULL;
	char name[8000];

	setenv("TMPDIR", "/nowhere/at/all", 1);
	assert_int_equal(look_up_of(shelf.release, &query), -ENOENT);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	setenv("TMPDIR", name, 1);
	assert_int_equal(look_up_of(shelf.release, &query), -ENAMETOOLONG);
	setenv("TMPDIR", "", 1);
	assert_int_equal(look_up_of(shelf.release, &query), 0);
	unsetenv("TMPDIR");
	if (kept)
		setenv("TMPDIR", kept, 1);
}

static void each_failure_has_a_state(void **state)
{
	assert_int_equal(modules_state(-ENOENT), SOURCE_ABSENT);
	assert_int_equal(modules_state(-ENOSYS), SOURCE_ABSENT);
	assert_int_equal(modules_state(-EACCES), SOURCE_DENIED);
	assert_int_equal(modules_state(-EPERM), SOURCE_DENIED);
	assert_int_equal(modules_state(-ETIMEDOUT), SOURCE_BUSY);
	assert_int_equal(modules_state(-EBADMSG), SOURCE_MALFORMED);
}

static void a_release_that_is_unknown_is_absent_or_denied(void **state)
{
	assert_int_equal(modules_without_release(0, "/proc/x", &shelf.error), -ENOENT);
	assert_int_equal(shelf.error.code, ERROR_IO);
	assert_int_equal(modules_without_release(-EACCES, "/proc/x", &shelf.error), -EACCES);
	assert_int_equal(shelf.error.code, ERROR_PERMISSION);
	assert_non_null(strstr(shelf.error.message, "/proc/x"));
}

UNIT(modules_files)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_files_with_the_right_names_are_configuration),
		cmocka_unit_test(files_do_not_run_into_each_other),
		cmocka_unit_test(options_and_an_install_command_are_told),
		cmocka_unit_test(a_module_is_looked_up_for_its_options_where_its_name_is),
		cmocka_unit_test(a_configuration_that_cannot_be_read_is_a_failure),
		cmocka_unit_test(a_release_that_is_no_name_of_a_folder_is_malformed),
		cmocka_unit_test(an_index_is_not_needed_but_for_aliases),
		cmocka_unit_test(
			a_folder_for_temporary_files_that_is_too_long_or_absent_is_an_error),
		cmocka_unit_test(each_failure_has_a_state),
		cmocka_unit_test(a_release_that_is_unknown_is_absent_or_denied),
	};

	return cmocka_run_group_tests(tests, shelf_start, shelf_end);
}
