/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts of all mount namespaces, from mountinfo files. */
#include "sources/usage/mounts.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

static struct mounts mounts_in(const char *text)
{
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(text);
	struct mounts mounts;

	assert_int_equal(root_open(dir, &root, &error), 0);
	mounts = mounts_read(root, arena, processes_new(root, arena));
	tree_remove(dir);
	return mounts;
}

#define MAIN "/proc/1/root -> /\n/proc/1/ns/mnt -> mnt:[100]\n/proc/1/mountinfo = "

/* The mounts of process 1 whose mountinfo is @lines, as "POINT SOURCE TYPE" joined by "; ". */
static const char *main_mounts(const char *lines)
{
	struct mounts mounts = mounts_in(arena_printf(arena, MAIN "%s\n", lines));
	const char *all = "";

	for (size_t i = 0; i < mounts.count; i++)
		all = arena_printf(arena, "%s%s%s %s %s", all, *all ? "; " : "",
				   mounts.items[i].point, mounts.items[i].source,
				   mounts.items[i].type);
	return all;
}

static void a_line_has_tags_before_the_dash_and_escapes_in_its_words(void **state)
{
	assert_string_equal(main_mounts("36 35 98:0 / /a rw master:1 shared:2 - ext3 /dev/root rw"),
			    "/a /dev/root ext3");
	assert_string_equal(main_mounts("36 35 98:0 / /my\\\\040disk rw - ext3 /dev/a\\\\134b rw"),
			    "/my disk /dev/a\\b ext3");
	assert_string_equal(main_mounts("36 35 98:0 / /a\\\\8\\\\09\\\\400\\\\0 rw - ext3 /x rw"),
			    "/a\\8\\09\\400\\0 /x ext3");
}

static void lines_of_another_form_are_skipped(void **state)
{
	static const char *const wrong[] = {
		"36 35 98:0 / /a rw",
		"36 35 x / /a rw - ext3 /dev/sda rw",
		"36 35 98:0 / a rw - ext3 /dev/sda rw",
		"36 35 98:0",
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_string_equal(main_mounts(wrong[i]), "");
}

static enum mount_backing backing_of(const char *type, const char *options)
{
	struct mounts mounts = mounts_in(
		arena_printf(arena, MAIN "36 35 0:50 / /a rw - %s source rw,%s\n", type, options));

	assert_int_equal(mounts.count, 1);
	return mounts.items[0].backing;
}

static void file_systems_without_a_number_have_other_ways_to_their_device(void **state)
{
	assert_int_equal(backing_of("btrfs", "x"), MOUNT_SOURCES);
	assert_int_equal(backing_of("virtiofs", "x"), MOUNT_TAG);
	assert_int_equal(backing_of("ubifs", "x"), MOUNT_UBI);
	assert_int_equal(backing_of("9p", "access=client,trans=virtio"), MOUNT_TAG);
	assert_int_equal(backing_of("9p", "trans=virtio,msize=8"), MOUNT_TAG);
	assert_int_equal(backing_of("9p", "trans=tcp"), MOUNT_NONE);
	assert_int_equal(backing_of("9p", "trans=virtiox,atrans=virtio"), MOUNT_NONE);
	assert_int_equal(backing_of("tmpfs", "x"), MOUNT_NONE);
}

#define OTHER(process, space, root)                                               \
	"/proc/" process "/comm = sleep\n/proc/" process "/ns/mnt -> mnt:[" space \
	"]\n/proc/" process "/root -> " root "\n/proc/" process                   \
	"/mountinfo = 40 1 8:1 / /of" process " rw - ext4 /dev/sda1 rw\\n"        \
	"41 1 0:60 / /tmp rw - tmpfs none rw\n"

static const char ROOT_MOUNT[] = MAIN "30 1 8:2 / / rw - ext4 /dev/sda2 rw\n";

static void other_namespaces_are_read_once_and_their_mounts_have_a_holder(void **state)
{
	struct mounts mounts =
		mounts_in(arena_printf(arena, "%s%s%s%s", ROOT_MOUNT, OTHER("7", "200", "/"),
				       OTHER("8", "200", "/"), OTHER("9", "100", "/")));

	assert_int_equal(mounts.count, 2);
	assert_false(mounts.items[0].is_main);
	/* Which of the two comes first is up to the folder. */
	assert_int_equal(strncmp(mounts.items[0].point, "/of", 3), 0);
	assert_int_equal(strncmp(mounts.items[0].holder, "sleep (process ", 15), 0);
	assert_true(mounts.items[1].is_main);
	assert_null(mounts.items[1].holder);
	assert_null(mounts.unseen);
	assert_null(mounts.main_unseen);
}

/* mountinfo of a process in a chroot lacks the mounts outside of it. */
static void a_process_that_sees_its_root_is_better_than_one_in_a_chroot(void **state)
{
	struct mounts mounts =
		mounts_in(arena_printf(arena, "%s%s%s%s", ROOT_MOUNT, OTHER("6", "200", "/jail"),
				       OTHER("7", "200", "/"), OTHER("8", "200", "/")));

	assert_int_equal(mounts.count, 2);
	assert_string_not_equal(mounts.items[0].point, "/of6");
}

static void mounts_of_one_device_are_sorted_by_namespace_and_point(void **state)
{
	struct mounts mounts = mounts_in(arena_printf(
		arena,
		MAIN
		"30 1 8:1 / /z rw - ext4 /dev/sda1 rw\\n31 1 8:1 / /a rw - ext4 /dev/sda1 rw\\n"
		"32 1 8:1 / /a rw - xfs /dev/sda1 rw\n%s",
		OTHER("7", "200", "/")));
	size_t count;
	const struct mount *found = mounts_of_number(&mounts, makedev(8, 1), &count);

	assert_int_equal(count, 4);
	assert_string_equal(found[0].point, "/a");
	assert_string_equal(found[0].type, "ext4");
	assert_string_equal(found[1].type, "xfs");
	assert_string_equal(found[2].point, "/z");
	assert_string_equal(found[3].point, "/of7");
	mounts_of_number(&mounts, makedev(8, 3), &count);
	assert_int_equal(count, 0);
	mounts_of_backing(&mounts, MOUNT_SOURCES, &count);
	assert_int_equal(count, 0);
}

static void unreadable_namespaces_are_reported(void **state)
{
	struct mounts mounts = mounts_in("/proc/2/comm = x\n");

	assert_string_equal(mounts.main_unseen, "/proc/1/mountinfo cannot be read");
	assert_non_null(mounts.unseen);
	mounts = mounts_in("/sys/\n");
	assert_non_null(strstr(mounts.unseen, "/proc: "));
	mounts = mounts_in(arena_printf(
		arena, "%s/proc/7/ns/mnt -> mnt:[200]\n/proc/7/mountinfo/\n", ROOT_MOUNT));
	assert_non_null(strstr(mounts.unseen, "/proc/7/mountinfo: "));
}

/* Between the list of processes and its turn a process may end: it is no gap if a later look finds
 * none. */
static void links_that_name_no_namespace_are_no_namespace(void **state)
{
	struct mounts mounts = mounts_in(
		arena_printf(arena,
			     "%s/proc/7/ns/mnt -> nonsense\n/proc/99999999999/ns/mnt -> mnt:[300]\n"
			     "/proc/sys/ns/mnt -> mnt:[300]\n",
			     ROOT_MOUNT));

	assert_int_equal(mounts.count, 1);
	assert_null(mounts.unseen);
}

static void a_file_is_on_the_longest_and_newest_mount_above_it(void **state)
{
	struct mounts mounts = mounts_in(arena_printf(
		arena,
		MAIN
		"30 1 8:2 / / rw - ext4 /dev/sda2 rw\\n31 1 8:3 / /srv rw - ext4 /dev/old rw\\n"
		"32 1 8:4 / /srv rw - ext4 /dev/new rw\\n33 1 8:5 / /srv/x rw - ext4 /dev/x rw\n%s",
		OTHER("7", "200", "/")));

	assert_string_equal(mount_holding(&mounts, "/srv/file")->source, "/dev/new");
	assert_string_equal(mount_holding(&mounts, "/srv")->source, "/dev/new");
	assert_string_equal(mount_holding(&mounts, "/srvfile")->source, "/dev/sda2");
	assert_string_equal(mount_holding(&mounts, "/srv/x/y")->source, "/dev/x");
	assert_string_equal(mount_holding(&mounts, "/of7/file")->source, "/dev/sda2");
	mounts = (struct mounts){0};
	assert_null(mount_holding(&mounts, "/"));
}

static void the_machine_needs_some_mounts(void **state)
{
	static const char *const needed[] = {"/",     "/usr",	   "/usr/share",
					     "/boot", "/boot/efi", "/efi"};
	static const char *const others[] = {"/srv", "/usrlocal", "/boots", "/home/usr"};
	struct mount mount = {.is_main = true};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		mount.point = needed[i];
		assert_true(mount_is_system(&mount));
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		mount.point = others[i];
		assert_false(mount_is_system(&mount));
	}
	mount = (struct mount){.point = "/"};
	assert_false(mount_is_system(&mount));
}

UNIT(mounts)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_tags_before_the_dash_and_escapes_in_its_words),
		cmocka_unit_test(lines_of_another_form_are_skipped),
		cmocka_unit_test(file_systems_without_a_number_have_other_ways_to_their_device),
		cmocka_unit_test(other_namespaces_are_read_once_and_their_mounts_have_a_holder),
		cmocka_unit_test(a_process_that_sees_its_root_is_better_than_one_in_a_chroot),
		cmocka_unit_test(mounts_of_one_device_are_sorted_by_namespace_and_point),
		cmocka_unit_test(unreadable_namespaces_are_reported),
		cmocka_unit_test(links_that_name_no_namespace_are_no_namespace),
		cmocka_unit_test(a_file_is_on_the_longest_and_newest_mount_above_it),
		cmocka_unit_test(the_machine_needs_some_mounts),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
