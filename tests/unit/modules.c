/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The module that claims a device, from the index of a real machine's capture, intact and damaged.
 */
#include "sources/modules/modules.h"
#include "base/clock.h"
#include "sources/modules/modules_child.h"
#include "sources/modules/modules_kmod.h"
#include "support/check.h"
#include "support/shelf.h"
#include "support/stuck_fuse.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int look_up(struct module_query *query)
{
	_autoroot_ struct root *root = NULL;

	assert_int_equal(root_open(shelf.dir, &root, &shelf.error), 0);
	return modules_look_up(root, shelf.release, shelf.arena, query, 1, &shelf.error);
}

static char *index_path(const char *name)
{
	return arena_printf(shelf.arena, "%s/lib/modules/%s/%s", shelf.dir, shelf.release, name);
}

static void a_modalias_leads_to_its_module(void **state)
{
	struct module_query query = {.alias = VIRTIO_IOMMU};

	assert_int_equal(look_up(&query), 0);
	assert_int_equal(query.count, 1);
	assert_string_equal(query.modules[0].name, "virtio_iommu");
	/* The capture was made after modprobe virtio_iommu. */
	assert_int_equal(query.modules[0].state, MODULE_LIVE);
	assert_false(query.modules[0].blacklisted);
}

static void a_module_that_sysfs_does_not_show_is_not_loaded(void **state)
{
	const char *state_file =
		arena_printf(shelf.arena, "%s/sys/module/virtio_iommu/initstate", shelf.dir);
	const char *away = arena_printf(shelf.arena, "%s.away", state_file);
	struct module_query query = {.alias = VIRTIO_IOMMU};

	assert_int_equal(rename(state_file, away), 0);
	assert_int_equal(look_up(&query), 0);
	assert_int_equal(rename(away, state_file), 0);
	assert_int_equal(query.count, 1);
	assert_int_equal(query.modules[0].state, MODULE_NOT_LOADED);
}

static void an_alias_that_nobody_claims_has_no_module(void **state)
{
	struct module_query query = {.alias = "of:NnodeT(null)Cexample,nobody"};

	assert_int_equal(look_up(&query), 0);
	assert_int_equal(query.count, 0);
}

static void built_in_code_is_distinguished_from_modules(void **state)
{
	struct module_query query = {.alias = "virtio_pci"};

	assert_int_equal(look_up(&query), 0);
	assert_int_equal(query.count, 1);
	assert_int_equal(query.modules[0].state, MODULE_BUILTIN);
}

static void a_blacklist_of_the_tree_counts(void **state)
{
	struct module_query query = {.alias = VIRTIO_IOMMU};
	FILE *file;

	mkdir(arena_printf(shelf.arena, "%s/etc", shelf.dir), 0755);
	mkdir(arena_printf(shelf.arena, "%s/etc/modprobe.d", shelf.dir), 0755);
	file = fopen(arena_printf(shelf.arena, "%s/etc/modprobe.d/no.conf", shelf.dir), "w");
	assert_non_null(file);
	fputs("blacklist virtio_iommu\n", file);
	fclose(file);
	assert_int_equal(look_up(&query), 0);
	assert_int_equal(query.count, 1);
	assert_true(query.modules[0].blacklisted);
	unlink(arena_printf(shelf.arena, "%s/etc/modprobe.d/no.conf", shelf.dir));
}

static void an_index_that_is_not_there_concludes_nothing(void **state)
{
	char kept[sizeof(shelf.release)];
	struct module_query query = {.alias = VIRTIO_IOMMU};

	memcpy(kept, shelf.release, sizeof(shelf.release));
	snprintf(shelf.release, sizeof(shelf.release), "0.0.0-nowhere");
	assert_int_equal(look_up(&query), -ENOENT);
	snprintf(shelf.release, sizeof(shelf.release), "../../etc");
	assert_int_equal(look_up(&query), -EBADMSG);
	memcpy(shelf.release, kept, sizeof(shelf.release));
}

/* A link in a captured tree leads to the same path as on its machine, inside the tree. */
static void a_link_leads_to_no_file_of_this_machine(void **state)
{
	const char *path = index_path("modules.alias.bin");
	const char *away = index_path("away");
	const char *outside = arena_printf(shelf.arena, "%s.outside", shelf.dir);
	struct module_query query = {.alias = VIRTIO_IOMMU};

	assert_int_equal(rename(path, away), 0);
	assert_int_equal(symlink("away", path), 0);
	assert_int_equal(look_up(&query), 0);
	assert_int_equal(query.count, 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(away, outside), 0);
	assert_int_equal(symlink(outside, path), 0);
	assert_int_equal(look_up(&query), -ENOENT);
	assert_int_equal(rename(outside, path), 0);
}

static void a_pipe_in_the_place_of_an_index_is_not_opened(void **state)
{
	const char *path = index_path("modules.dep.bin");
	const char *away = index_path("away");
	struct module_query query = {.alias = VIRTIO_IOMMU};

	assert_int_equal(rename(path, away), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(look_up(&query), -ENOTSUP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(away, path), 0);
}

static char *configure(const char *name)
{
	mkdir(arena_printf(shelf.arena, "%s/etc", shelf.dir), 0755);
	mkdir(arena_printf(shelf.arena, "%s/etc/modprobe.d", shelf.dir), 0755);
	return arena_printf(shelf.arena, "%s/etc/modprobe.d/%s", shelf.dir, name);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static bool is_blacklisted(void)
{
	struct module_query query = {.alias = VIRTIO_IOMMU};

	assert_int_equal(look_up(&query), 0);
	assert_int_equal(query.count, 1);
	return query.modules[0].blacklisted;
}

static void configuration_outside_of_the_tree_is_not_read(void **state)
{
	const char *outside = arena_printf(shelf.arena, "%s.conf", shelf.dir);
	const char *link = configure("x.conf");

	write_text(outside, "blacklist virtio_iommu\n");
	assert_int_equal(symlink(outside, link), 0);
	assert_false(is_blacklisted());
	unlink(link);
	/* The same file is read where the link leads inside of the tree. */
	write_text(configure("y.txt"), "blacklist virtio_iommu\n");
	assert_int_equal(symlink("/etc/modprobe.d/y.txt", link), 0);
	assert_true(is_blacklisted());
	unlink(link);
	unlink(configure("y.txt"));
	unlink(outside);
}

static void a_folder_before_others_replaces_their_files(void **state)
{
	const char *path = arena_printf(shelf.arena, "%s/run/modprobe.d/x.conf", shelf.dir);

	mkdir(arena_printf(shelf.arena, "%s/run", shelf.dir), 0755);
	mkdir(arena_printf(shelf.arena, "%s/run/modprobe.d", shelf.dir), 0755);
	write_text(path, "blacklist virtio_iommu\n");
	assert_true(is_blacklisted());
	/*
	 * The file has no last newline and ends in a continued line: the next file still begins a
	 * line.
	 */
	write_text(configure("x.conf"), "options virtio_iommu a=1 \\");
	assert_false(is_blacklisted());
	write_text(configure("y.conf"), "blacklist virtio_iommu");
	assert_true(is_blacklisted());
	unlink(path);
	unlink(configure("x.conf"));
	unlink(configure("y.conf"));
}

static const char *command_line_path(void)
{
	mkdir(arena_printf(shelf.arena, "%s/proc", shelf.dir), 0755);
	return arena_printf(shelf.arena, "%s/proc/cmdline", shelf.dir);
}

static const char *find_options(void)
{
	struct module_query query = {.alias = VIRTIO_IOMMU, .in_full = true};

	assert_int_equal(look_up(&query), 0);
	assert_int_equal(query.count, 1);
	return query.modules[0].options ? query.modules[0].options : "";
}

static void the_command_line_of_the_tree_counts(void **state)
{
	const char *path = command_line_path();

	write_text(configure("x.conf"), "options virtio_iommu a=1\n");
	write_text(path, "quiet modprobe.blacklist=nouveau,,virtio_iommu,x virtio-iommu.b=\"2 3\" "
			 "virtio_iommu.flag virtio_iommux.d=4 .e=5 virtio_iommu.c=\\\n");
	assert_true(is_blacklisted());
	assert_string_equal(find_options(), "a=1 b=\"2 3\" c=");
	write_text(path, "quiet modprobe.blacklist=virtio_iommu2 blacklist=virtio_iommu\n");
	assert_false(is_blacklisted());
	assert_string_equal(find_options(), "a=1");
	unlink(configure("x.conf"));
	unlink(path);
}

/* A process of its own sees @line as the command line of this machine. */
static bool change_command_line(const char *line)
{
	const char *path = arena_printf(shelf.arena, "%s.cmdline", shelf.dir);
	bool done;

	write_text(path, line);
	done = unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(path, "/proc/cmdline", NULL, MS_BIND, NULL) == 0;
	unlink(path);
	return done;
}

enum { DONE = 0, WRONG = 1, SKIPPED = 77 };

static int try_with_other_command_line(void)
{
	if (!change_command_line("quiet modprobe.blacklist=virtio_iommu virtio_iommu.b=2\n"))
		return SKIPPED;
	write_text(configure("x.conf"), "options virtio_iommu a=1\n");
	if (is_blacklisted() || strcmp(find_options(), "a=1") != 0)
		return WRONG;
	write_text(command_line_path(), "modprobe.blacklist=virtio_iommu virtio_iommu.b=3\n");
	if (!is_blacklisted() || strcmp(find_options(), "a=1 b=3") != 0)
		return WRONG;
	unlink(command_line_path());
	write_text(configure("x.conf"), "blacklist virtio_iommu\n");
	return is_blacklisted() ? DONE : WRONG;
}

static void the_command_line_of_this_machine_does_not_count(void **state)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(try_with_other_command_line());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(configure("x.conf"));
	unlink(command_line_path());
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(WEXITSTATUS(status), DONE);
}

static void nothing_is_left_of_the_shelf(void **state)
{
	const char *above = arena_printf(shelf.arena, "%s/shelves", shelf.dir);
	struct module_query query = {.alias = VIRTIO_IOMMU};

	assert_int_equal(mkdir(above, 0755), 0);
	setenv("TMPDIR", above, 1);
	assert_int_equal(look_up(&query), 0);
	unsetenv("TMPDIR");
	assert_int_equal(rmdir(above), 0);
}

static void an_index_that_does_not_answer_is_busy(void **state)
{
	const char *folder =
		arena_printf(shelf.arena, "%s/lib/modules/%s", shelf.dir, shelf.release);
	struct module_query query = {.alias = VIRTIO_IOMMU};
	int64_t began = clock_ms();
	int result;

	if (!stuck_fuse_mount(folder, "modules.alias.bin"))
		skip();
	result = look_up(&query);
	stuck_fuse_unmount(folder);
	assert_int_equal(result, -ETIMEDOUT);
	assert_int_equal(modules_state(result), SOURCE_BUSY);
	assert_non_null(strstr(shelf.error.message, "process "));
	/* Two seconds on a quiet machine, and less than the thirty that all queries may take. */
	assert_true(clock_ms() - began < 25000);
}

static void a_child_that_gets_no_processor_time_is_not_one_that_waits_or_loops(void **state)
{
	struct modules_silence silence = {0};

	assert_int_equal(modules_child_silence(&silence, 0, 0, false), -ETIMEDOUT);
	/* The first query is slow, and so is the second. */
	assert_int_equal(modules_child_silence(&silence, 1, 100, true), 0);
	assert_int_equal(modules_child_silence(&silence, 1, 2000, true), 0);
	assert_int_equal(modules_child_silence(&silence, 2, 2100, true), 0);
	assert_int_equal(modules_child_silence(&silence, 2, 2200, true), 0);
	assert_int_equal(modules_child_silence(&silence, 2, 2300, true), -ETIME);
	assert_int_equal(modules_state(-ETIME), SOURCE_BUSY);

	silence = (struct modules_silence){0};
	assert_int_equal(modules_child_silence(&silence, 1, 0, true), 0);
	assert_int_equal(modules_child_silence(&silence, 1, 1900, true), 0);
	assert_int_equal(modules_child_silence(&silence, 1, 3900, true), -EBADMSG);
	assert_int_equal(modules_state(-EBADMSG), SOURCE_MALFORMED);
}

/*
 * An answer, "malformed", or "too little processor time": which of the two an endless loop of
 * libkmod is depends on what else the machine does (modules_child_silence). A crash or a hang is
 * neither.
 */
static bool is_told(int result)
{
	return result == 0 || result == -EBADMSG || result == -ETIME;
}

/* libkmod may answer or fail for a damaged index, but the program must not crash or hang. */
static void a_damaged_index_does_no_harm(void **state)
{
	enum { TRIES = 24, SCRIBBLE = 64 };
	const char *path = index_path("modules.alias.bin");
	unsigned char old[SCRIBBLE], garbage[SCRIBBLE];
	struct stat status;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	memset(garbage, 0xff, sizeof(garbage));
	for (off_t i = 0; i < TRIES; i++) {
		/*
		 * Damage the header first, then places throughout the file, and the root node at
		 * its end last.
		 */
		off_t at = i * (status.st_size - SCRIBBLE) / (TRIES - 1);
		struct module_query query = {.alias = VIRTIO_IOMMU};

		assert_int_equal(pread(fd, old, sizeof(old), at), sizeof(old));
		assert_int_equal(pwrite(fd, garbage, sizeof(garbage), at), sizeof(garbage));
		assert_true(is_told(look_up(&query)));
		assert_int_equal(pwrite(fd, old, sizeof(old), at), sizeof(old));
	}
	assert_int_equal(ftruncate(fd, status.st_size / 2), 0);
	for (size_t i = 0; i < 2; i++) {
		struct module_query query = {.alias = VIRTIO_IOMMU};

		assert_true(is_told(look_up(&query)));
		assert_int_equal(ftruncate(fd, 3), 0);
	}
	close(fd);
}

/* Loading runs in a child process: libkmod is not unloaded before the process ends. */
static void a_module_that_does_not_exist_is_not_loaded(void **state)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(-modules_kmod_load("nobody_calls_a_module_so"));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ENOENT);
}

UNIT(modules)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_modalias_leads_to_its_module),
		cmocka_unit_test(a_module_that_sysfs_does_not_show_is_not_loaded),
		cmocka_unit_test(an_alias_that_nobody_claims_has_no_module),
		cmocka_unit_test(built_in_code_is_distinguished_from_modules),
		cmocka_unit_test(a_blacklist_of_the_tree_counts),
		cmocka_unit_test(an_index_that_is_not_there_concludes_nothing),
		cmocka_unit_test(a_link_leads_to_no_file_of_this_machine),
		cmocka_unit_test(a_pipe_in_the_place_of_an_index_is_not_opened),
		cmocka_unit_test(configuration_outside_of_the_tree_is_not_read),
		cmocka_unit_test(a_folder_before_others_replaces_their_files),
		cmocka_unit_test(the_command_line_of_the_tree_counts),
		cmocka_unit_test(the_command_line_of_this_machine_does_not_count),
		cmocka_unit_test(nothing_is_left_of_the_shelf),
		cmocka_unit_test(an_index_that_does_not_answer_is_busy),
		cmocka_unit_test(
			a_child_that_gets_no_processor_time_is_not_one_that_waits_or_loops),
		cmocka_unit_test(a_damaged_index_does_no_harm),
		cmocka_unit_test(a_module_that_does_not_exist_is_not_loaded),
	};

	return cmocka_run_group_tests(tests, shelf_start, shelf_end);
}
