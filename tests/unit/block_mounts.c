/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts of a device's disks, in all mount namespaces. */
#include "base/text.h"
#include "support/check.h"
#include "support/disk.h"

#include <stdio.h>

static void a_mounted_partition_is_used(void **state)
{
	const struct system *system =
		disk_read("40 29 259:1 / /data rw - ext4 /dev/nvme0n1p1 rw", "");

	disk_expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
	assert_int_equal(disk_of(system)->uses->count, 1);
	assert_int_equal(disk_of(system)->uses->blind_count, 0);
	system_free(system);
}

static void mounts_of_the_system_are_distinguished(void **state)
{
	static const char *const points[] = {"/", "/usr", "/boot", "/boot/efi", "/usr/share"};
	static const char *const others[] = {"/bootleg", "/usrlocal", "/home"};

	for (size_t i = 0; i < ARRAY_SIZE(points); i++) {
		_autofree_ char *line = NULL;
		const struct system *system;

		assert_true(asprintf(&line, "40 29 259:1 / %s rw - ext4 x rw", points[i]) > 0);
		system = disk_read(line, "");
		disk_expect_use(system, USE_SYSTEM_MOUNT, "nvme0n1p1", points[i],
				"/proc/1/mountinfo");
		system_free(system);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		_autofree_ char *line = NULL;
		const struct system *system;

		assert_true(asprintf(&line, "40 29 259:1 / %s rw - ext4 x rw", others[i]) > 0);
		system = disk_read(line, "");
		assert_null(find_use(disk_of(system), USE_SYSTEM_MOUNT));
		disk_expect_use(system, USE_MOUNT, "nvme0n1p1", others[i], "/proc/1/mountinfo");
		system_free(system);
	}
}

static void a_mount_point_may_be_any_bytes(void **state)
{
	const struct system *system = disk_read(
		"40 29 259:1 / /a\\\\040b\\\\012c\\\\134 rw shared:7 master:2 - ext4 x rw", "");

	disk_expect_use(system, USE_MOUNT, "nvme0n1p1", "/a b\nc\\", "/proc/1/mountinfo");
	system_free(system);
}

static void broken_lines_of_mountinfo_are_passed_over(void **state)
{
	disk_expect_free(disk_read("nonsense\\n40 29\\n40 29 x:y / /p rw - ext4 x rw\\n - - -\\n"
				   "40 29 259:1 / relative rw - ext4 x rw",
				   ""));
}

static void a_mount_in_another_namespace_is_found(void **state)
{
	const struct system *system =
		disk_read("", "/proc/70/ns/mnt -> mnt:[100]\n"
			      "/proc/71/ns/mnt -> mnt:[200]\n"
			      "/proc/71/root -> /srv/jail\n"
			      "/proc/71/mountinfo = 40 29 0:40 / / rw - tmpfs none rw\n"
			      "/proc/72/ns/mnt -> mnt:[200]\n"
			      "/proc/72/root -> /\n"
			      "/proc/72/mountinfo = 40 29 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n");

	/* The "/" of a container is not the machine's; a process in a chroot is not read. */
	disk_expect_use(system, USE_MOUNT, "nvme0n1p2", "/ in the mount namespace of process 72",
			"/proc/72/mountinfo");
	assert_int_equal(disk_of(system)->uses->count, 1);
	assert_int_equal(disk_of(system)->uses->blind_count, 0);
	system_free(system);
}

static void a_users_mount_with_a_disks_name_is_no_mount_of_it(void **state)
{
	/* Any user may mount these types in a user namespace, with any source. */
	disk_expect_free(
		disk_read("", "/proc/72/ns/mnt -> mnt:[200]\n"
			      "/proc/72/root -> /\n"
			      "/proc/72/mountinfo = 40 29 0:40 / /a rw - tmpfs /dev/nvme0n1 rw\\n"
			      "41 29 0:41 / /b rw - fuse.x /dev/nvme0n1p1 rw\\n"
			      "42 29 0:42 / /c rw - overlay /dev/nvme0n1p2 rw\n"));
	disk_expect_free(disk_read("40 29 0:40 / /a rw - tmpfs /dev/nvme0n1 rw", ""));
}

static void every_point_counts_once_and_all_namespaces_are_named(void **state)
{
	const struct system *system =
		disk_read("40 29 259:1 / /data rw - ext4 x rw",
			  "/proc/71/ns/mnt -> mnt:[200]\n"
			  "/proc/71/root -> /\n"
			  "/proc/71/comm = svc\n"
			  "/proc/71/mountinfo = 40 29 259:1 / /data rw - ext4 x rw\\n"
			  "41 29 259:1 / /box rw - ext4 x rw\n"
			  "/proc/72/ns/mnt -> mnt:[201]\n"
			  "/proc/72/root -> /\n"
			  "/proc/72/mountinfo = 41 29 259:1 / /box rw - ext4 x rw\n");
	const struct uses *uses = disk_of(system)->uses;

	assert_int_equal(uses->count, 2);
	assert_string_equal(uses->items[0].user, "/data");
	assert_true(text_starts(uses->items[1].user, "/box in the mount namespace of "));
	system_free(system);
}

static void sixty_thousand_mounts_hide_nothing(void **state)
{
	static const char path[] = "a-long-name-of-a-folder/another-long-name-of-a-folder/"
				   "and-so-on-for-as-long-as-a-container-engine-likes-it";
	_autofree_ char *mounts = NULL;
	const struct system *system;
	size_t size;
	FILE *out = open_memstream(&mounts, &size);

	for (int i = 0; i < 60000; i++)
		fprintf(out, "%d 29 0:%d / /x/%s/%s/%d rw - tmpfs %s rw\\n", i, i, path, path, i,
			path);
	fputs("99 29 259:2 / /last rw - ext4 /dev/nvme0n1p2 rw", out);
	fclose(out);
	system = disk_read(mounts, "");
	disk_expect_use(system, USE_MOUNT, "nvme0n1p2", "/last", "/proc/1/mountinfo");
	assert_int_equal(disk_of(system)->uses->blind_count, 0);
	system_free(system);
}

static void a_namespace_that_cannot_be_read_may_hide_a_mount(void **state)
{
	const struct system *system = disk_read("", "/proc/71/ns/mnt -> mnt:[200]\n");

	assert_true(is_blind(disk_of(system), USE_MOUNT));
	assert_false(is_blind(disk_of(system), USE_SYSTEM_MOUNT));
	system_free(system);
	system = disk_read("", "/proc/71/\n/iommuctl/unreadable = /proc/71/ns/mnt\\tdenied\n");
	assert_true(is_blind(disk_of(system), USE_MOUNT));
	system_free(system);
}

static void btrfs_is_found_by_any_of_its_devices(void **state)
{
	static const char pool[] =
		"/sys/fs/btrfs/features/\n"
		"/sys/fs/btrfs/b5a5/devices/sdb1 -> ../../../../block/sdb\n"
		"/sys/fs/btrfs/b5a5/devices/nvme0n1p1 -> ../../../../block/nvme0n1\n";
	const struct system *system =
		disk_read("40 29 0:31 /sub /data rw - btrfs /dev/sdb1 rw,subvol=/sub", pool);

	disk_expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
	assert_int_equal(disk_of(system)->uses->count, 1);
	system_free(system);
	system = disk_read("", pool);
	disk_expect_use(system, USE_MOUNT, "nvme0n1p1", "btrfs, mounted where it cannot be seen",
			"/sys/fs/btrfs/b5a5/devices");
	system_free(system);
	/* Without the pool in sysfs, the name of the mounted device has to do. */
	system = disk_read("40 29 0:31 / /data rw - btrfs /dev/disk/by-label/d rw",
			   "/dev/disk/by-label/d -> ../../nvme0n1p1\n");
	disk_expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
	system_free(system);
	system = disk_read("40 29 0:31 / /data rw - bcachefs /dev/sdb:/dev/nvme0n1p2 rw", "");
	disk_expect_use(system, USE_MOUNT, "nvme0n1p2", "/data", "/proc/1/mountinfo");
	system_free(system);
}

UNIT(block_mounts)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mounted_partition_is_used),
		cmocka_unit_test(mounts_of_the_system_are_distinguished),
		cmocka_unit_test(a_mount_point_may_be_any_bytes),
		cmocka_unit_test(broken_lines_of_mountinfo_are_passed_over),
		cmocka_unit_test(a_mount_in_another_namespace_is_found),
		cmocka_unit_test(a_users_mount_with_a_disks_name_is_no_mount_of_it),
		cmocka_unit_test(every_point_counts_once_and_all_namespaces_are_named),
		cmocka_unit_test(sixty_thousand_mounts_hide_nothing),
		cmocka_unit_test(a_namespace_that_cannot_be_read_may_hide_a_mount),
		cmocka_unit_test(btrfs_is_found_by_any_of_its_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
