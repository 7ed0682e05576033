/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files for libkmod that are damaged, missing or in the wrong place, and the states that they give.
 */
#include "sources/modules/modules.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char VIRTIO_IOMMU[] = "virtio:d00000017v00001AF4";
static char *dir;
static char release[256];
static struct arena *arena;
static struct error error;

static int copy_release(void *context, const char *name)
{
	snprintf(release, sizeof(release), "%s", name);
	return 0;
}

static int unpack(void **state)
{
	_autofree_ char *command = NULL;
	_autoroot_ struct root *root = NULL;

	dir = tree_new("");
	arena = arena_new();
	assert_true(asprintf(&command, "tar -C %s -xzf %s/trees/virtio-6.12.tar.gz", dir,
			     TESTS_DIR) > 0);
	assert_int_equal(system(command), 0);
	assert_int_equal(root_open(dir, &root, &error), 0);
	return root_list(root, "/lib/modules", copy_release, NULL);
}

static int clean_up(void **state)
{
	arena_free(arena);
	tree_remove(dir);
	return 0;
}

static int look_up_of(const char *of_release, struct module_query *query)
{
	_autoroot_ struct root *root = NULL;

	error = (struct error){0};
	assert_int_equal(root_open(dir, &root, &error), 0);
	return modules_look_up(root, of_release, arena, query, 1, &error);
}

static void write_file(const char *name, const char *text)
{
	FILE *file;

	mkdir(arena_printf(arena, "%s/etc", dir), 0755);
	mkdir(arena_printf(arena, "%s/etc/modprobe.d", dir), 0755);
	file = fopen(arena_printf(arena, "%s/etc/modprobe.d/%s", dir, name), "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void remove_file(const char *name)
{
	assert_int_equal(unlink(arena_printf(arena, "%s/etc/modprobe.d/%s", dir, name)), 0);
}

static bool is_blacklisted_by(const char *name, const char *text)
{
	struct module_query query = {.alias = VIRTIO_IOMMU};

	write_file(name, text);
	assert_int_equal(look_up_of(release, &query), 0);
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
	assert_int_equal(look_up_of(release, &query), 0);
	assert_true(query.modules[0].has_install_command);
	assert_string_equal(query.modules[0].options, "x=1 y=2");
	remove_file("a.conf");
}

/* A folder in the place of a configuration file: nothing can be said about blacklists. */
static void a_configuration_that_cannot_be_read_is_a_failure(void **state)
{
	const char *path = arena_printf(arena, "%s/etc/modprobe.d/a.conf", dir);
	struct module_query query = {.alias = VIRTIO_IOMMU};

	write_file("b.conf", "");
	assert_int_equal(mkdir(path, 0755), 0);
	assert_true(look_up_of(release, &query) < 0);
	assert_true(*error.message);
	assert_int_equal(rmdir(path), 0);
	remove_file("b.conf");
}

static void a_release_that_is_no_name_of_a_folder_is_malformed(void **state)
{
	static const char *const wrong[] = {"", ".", "..", "a/b", ".hidden"};
	struct module_query query = {.alias = VIRTIO_IOMMU};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(look_up_of(wrong[i], &query), -EBADMSG);
		assert_int_equal(error.code, ERROR_MALFORMED);
		assert_int_equal(query.count, 0);
	}
}

static void an_index_is_not_needed_but_for_aliases(void **state)
{
	const char *path = arena_printf(arena, "%s/lib/modules/%s/modules.softdep", dir, release);
	const char *away = arena_printf(arena, "%s.away", path);
	struct module_query query = {.alias = VIRTIO_IOMMU};
	bool there = rename(path, away) == 0;

	assert_int_equal(look_up_of(release, &query), 0);
	assert_int_equal(query.count, 1);
	if (there)
		assert_int_equal(rename(away, path), 0);
}

static void a_folder_for_temporary_files_that_is_too_long_or_absent_is_an_error(void **state)
{
	struct module_query query = {.alias = VIRTIO_IOMMU};
	char *kept = getenv("TMPDIR") ? arena_strdup(arena, getenv("TMPDIR")) : NULL;
	char name[8000];

	setenv("TMPDIR", "/nowhere/at/all", 1);
	assert_int_equal(look_up_of(release, &query), -ENOENT);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	setenv("TMPDIR", name, 1);
	assert_int_equal(look_up_of(release, &query), -ENAMETOOLONG);
	setenv("TMPDIR", "", 1);
	assert_int_equal(look_up_of(release, &query), 0);
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
	assert_int_equal(modules_without_release(0, "/proc/x", &error), -ENOENT);
	assert_int_equal(error.code, ERROR_IO);
	assert_int_equal(modules_without_release(-EACCES, "/proc/x", &error), -EACCES);
	assert_int_equal(error.code, ERROR_PERMISSION);
	assert_non_null(strstr(error.message, "/proc/x"));
}

UNIT(modules_files)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_files_with_the_right_names_are_configuration),
		cmocka_unit_test(files_do_not_run_into_each_other),
		cmocka_unit_test(options_and_an_install_command_are_told),
		cmocka_unit_test(a_configuration_that_cannot_be_read_is_a_failure),
		cmocka_unit_test(a_release_that_is_no_name_of_a_folder_is_malformed),
		cmocka_unit_test(an_index_is_not_needed_but_for_aliases),
		cmocka_unit_test(
			a_folder_for_temporary_files_that_is_too_long_or_absent_is_an_error),
		cmocka_unit_test(each_failure_has_a_state),
		cmocka_unit_test(a_release_that_is_unknown_is_absent_or_denied),
	};

	return cmocka_run_group_tests(tests, unpack, clean_up);
}
