/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts of devices that are no disks: 9p and virtio-fs by their tag, flash by UBI and by its
 * number. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define CARD "/sys/devices/pci0000:00/0000:02:00.0"

static const char MACHINE[] =
	"pci 0000:02:00.0 in pci0000:00 group=2 driver=virtio-pci id=1AF4:1049 class=10000\n"
	"/proc/1/comm = systemd\n"
	"/proc/1/fd/\n"
	"/proc/1/root -> /\n"
	"/proc/1/ns/mnt -> mnt:[100]\n"
	"/iommuctl/claimed = sdz\n";

/* The mounts that use the device, "POINT" or "POINT!" of the system, joined by blanks; "?" where
 * there may be more. */
static const char *mounts_of(const char *mount, const char *more)
{
	static const char *const paths[] = {CARD, NULL};
	static char all[512];
	_autofree_ char *text = NULL;
	const struct system *system;
	const struct uses *uses;
	size_t used = 0;

	assert_true(asprintf(&text,
			     "%s/proc/1/mountinfo = 29 1 8:1 / / rw - ext4 /dev/sda1 rw\\n%s\n%s",
			     MACHINE, mount, more) > 0);
	system = snapshot_about(text, 0, paths);
	uses = find_device(system, "0000:02:00.0")->uses;
	all[0] = '\0';
	for (size_t i = 0; i < uses->count; i++)
		if (uses->items[i].kind == USE_MOUNT || uses->items[i].kind == USE_SYSTEM_MOUNT)
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s%s",
						 used ? " " : "", uses->items[i].user,
						 uses->items[i].kind == USE_SYSTEM_MOUNT ? "!"
											 : "");
	if (is_blind(find_device(system, "0000:02:00.0"), USE_MOUNT))
		snprintf(all + used, sizeof(all) - used, "?");
	system_free(system);
	return all;
}

#define P9 CARD "/virtio3/driver -> ../../../../bus/virtio/drivers/9pnet_virtio\n"
#define P9_TAG CARD "/virtio3/mount_tag = share\n"
#define VIRTIOFS(driver) CARD "/virtio3/driver -> ../../../../bus/virtio/drivers/" driver "\n"
#define INSTANCE "/sys/fs/virtiofs/0/device -> ../../../devices/pci0000:00/0000:02:00.0/virtio3\n"

static void a_9p_device_is_mounted_by_its_tag(void **state)
{
	assert_string_equal(mounts_of("40 29 0:30 / /mnt rw - 9p share rw,trans=virtio", P9 P9_TAG),
			    "/mnt");
	assert_string_equal(mounts_of("40 29 0:30 / /usr rw - 9p share rw,trans=virtio", P9 P9_TAG),
			    "/usr!");
	assert_string_equal(mounts_of("40 29 0:30 / /mnt rw - 9p other rw,trans=virtio", P9 P9_TAG),
			    "");
	assert_string_equal(mounts_of("40 29 0:30 / /mnt rw - 9p share rw,trans=virtio", P9), "?");
	assert_string_equal(mounts_of("40 29 0:30 / /mnt rw - virtiofs share rw", P9), "");
}

static void a_virtio_fs_is_known_by_both_names_of_its_driver(void **state)
{
	static const char mount[] = "40 29 0:30 / /mnt rw - virtiofs share rw";

	assert_string_equal(
		mounts_of(mount, VIRTIOFS("virtiofs") INSTANCE "/sys/fs/virtiofs/0/tag = share\n"),
		"/mnt");
	assert_string_equal(
		mounts_of(mount, VIRTIOFS("virtio_fs") INSTANCE "/sys/fs/virtiofs/0/tag = share\n"),
		"/mnt");
	assert_string_equal(
		mounts_of(mount, VIRTIOFS("virtio_fs") INSTANCE "/sys/fs/virtiofs/0/tag = x\n"),
		"");
}

static void an_instance_of_another_device_has_not_its_tag(void **state)
{
	static const char mount[] = "40 29 0:30 / /mnt rw - virtiofs share rw";

	assert_string_equal(mounts_of(mount,
				      VIRTIOFS("virtiofs") "/sys/fs/virtiofs/0/device -> "
							   "../../../devices/pci0000:00/other\n"
							   "/sys/fs/virtiofs/0/tag = share\n"),
			    "?");
	assert_string_equal(mounts_of(mount, VIRTIOFS("virtiofs") INSTANCE), "?");
	assert_string_equal(
		mounts_of(mount, VIRTIOFS("virtiofs") "/sys/fs/virtiofs/0/tag = share\n"), "?");
}

static void a_mount_of_another_namespace_names_its_process(void **state)
{
	assert_string_equal(mounts_of("40 29 0:40 / /x rw - tmpfs none rw", P9 P9_TAG
				      "/proc/7/comm = sleep\n/proc/7/root -> /\n"
				      "/proc/7/ns/mnt -> mnt:[200]\n"
				      "/proc/7/mountinfo = 40 29 0:30 / /mnt rw - 9p share "
				      "rw,trans=virtio\n"),
			    "/mnt in the mount namespace of sleep (process 7)");
}

#define FLASH "node mtd mtd0 90:0 at " CARD "/mtd/mtd0\n"
#define UBI FLASH "/sys/class/ubi/ubi0/mtd_num = 0\n"

static void a_ubifs_names_its_volume_in_many_ways(void **state)
{
	static const char *const of_ubi0[] = {"ubi0:root", "ubi0_1", "ubi0!root", "ubi0",
					      "/dev/ubi0_1"};
	static const char *const of_others[] = {"ubi00:root", "ubi1:root", "/dev/ubi1_0", "root"};

	for (size_t i = 0; i < ARRAY_SIZE(of_ubi0); i++) {
		_autofree_ char *mount = NULL;

		assert_true(asprintf(&mount, "40 29 0:30 / /data rw - ubifs %s rw", of_ubi0[i]) >
			    0);
		assert_string_equal(mounts_of(mount, UBI), "/data");
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_others); i++) {
		_autofree_ char *mount = NULL;

		assert_true(asprintf(&mount, "40 29 0:30 / /data rw - ubifs %s rw", of_others[i]) >
			    0);
		assert_string_equal(mounts_of(mount, UBI), "");
	}
}

static void flash_is_mounted_by_the_number_of_its_block_device(void **state)
{
	assert_string_equal(mounts_of("40 29 31:0 / /data rw - jffs2 mtd0 rw", FLASH), "/data");
	assert_string_equal(mounts_of("40 29 31:1 / /data rw - jffs2 mtd1 rw", FLASH), "");
	assert_string_equal(mounts_of("40 29 31:0 / /data rw - jffs2 mtd0 rw",
				      "node mtd mtd0ro 90:1 at " CARD "/mtd/mtd0ro\n"),
			    "");
	assert_string_equal(mounts_of("40 29 31:0 / /data rw - jffs2 mtd0 rw",
				      "node mtd flash0 90:1 at " CARD "/mtd/flash0\n"),
			    "");
}

UNIT(transport_uses)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_9p_device_is_mounted_by_its_tag),
		cmocka_unit_test(a_virtio_fs_is_known_by_both_names_of_its_driver),
		cmocka_unit_test(an_instance_of_another_device_has_not_its_tag),
		cmocka_unit_test(a_mount_of_another_namespace_names_its_process),
		cmocka_unit_test(a_ubifs_names_its_volume_in_many_ways),
		cmocka_unit_test(flash_is_mounted_by_the_number_of_its_block_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
