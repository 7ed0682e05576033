/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes below a device that are not its own disks: file systems with a tag, flash, memory, and
 * devices behind a bridge. */
#include "base/text.h"
#include "support/check.h"
#include "support/disk.h"

#include <stdio.h>
#include <string.h>

/* A device with nodes below it that are no disks. */
static const struct system *look_below(const char *machine)
{
	static const char *const paths[] = {"/sys/devices/pci0000:00/0000:02:00.0", NULL};
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     "pci 0000:02:00.0 in pci0000:00 driver=virtio-pci\n"
			     "/proc/1/fd/\n/proc/1/ns/mnt -> mnt:[1]\n/proc/1/root -> /\n%s",
			     machine) > 0);
	return snapshot_about(text, 0, paths);
}

static void expect_below(const char *machine, enum use_kind kind, const char *node,
			 const char *user)
{
	const struct system *system = look_below(machine);
	const struct device *device = find_device(system, "0000:02:00.0");
	const struct use *use = find_use(device, kind);

	assert_non_null(use);
	assert_string_equal(use->node, node);
	assert_string_equal(use->user, user);
	assert_int_equal(device->uses->blind_count, 0);
	system_free(system);
}

static void expect_free_below(const char *machine)
{
	const struct system *system = look_below(machine);
	const struct uses *uses = find_device(system, "0000:02:00.0")->uses;

	assert_int_equal(uses->count, 0);
	assert_int_equal(uses->blind_count, 0);
	system_free(system);
}

#define CARD "/sys/devices/pci0000:00/0000:02:00.0"

#define P9                                                                           \
	CARD "/virtio3/driver -> ../../../../bus/virtio/drivers/9pnet_virtio\n" CARD \
	     "/virtio3/mount_tag = share\n"

#define VIRTIOFS CARD "/virtio3/driver -> ../../../../bus/virtio/drivers/virtiofs\n"

#define TAGGED                                                                            \
	"/sys/fs/virtiofs/0/device -> ../../../devices/pci0000:00/0000:02:00.0/virtio3\n" \
	"/sys/fs/virtiofs/0/tag = share\n"

#define MOUNTS "/proc/1/mountinfo = 29 1 8:1 / / rw - ext4 /dev/sda1 rw\\n"

static void a_file_system_of_a_virtio_device_is_found_by_its_tag(void **state)
{
	expect_below(P9 MOUNTS "40 29 0:30 / /mnt rw - 9p share rw,trans=virtio\n", USE_MOUNT,
		     "virtio3", "/mnt");
	expect_below(VIRTIOFS TAGGED MOUNTS "40 29 0:30 / /mnt rw - virtiofs share rw\n", USE_MOUNT,
		     "virtio3", "/mnt");
	expect_below(VIRTIOFS TAGGED "/proc/1/mountinfo = 40 29 0:30 / / rw - virtiofs share rw\n",
		     USE_SYSTEM_MOUNT, "virtio3", "/");
	expect_free_below(P9 MOUNTS "40 29 0:30 / /mnt rw - 9p other rw,trans=virtio\n");
	expect_free_below(P9 MOUNTS "40 29 0:30 / /mnt rw - 9p share rw,trans=tcp\n");
	expect_free_below(P9 MOUNTS "40 29 0:30 / /mnt rw - tmpfs share rw,trans=virtio\n");
	expect_free_below(VIRTIOFS TAGGED MOUNTS "40 29 0:30 / /mnt rw - virtiofs x rw\n");
	/* Before Linux 6.9 sysfs does not show the tag of a virtiofs. */
	expect_free_below(VIRTIOFS MOUNTS "40 29 0:30 / /mnt rw - tmpfs x rw\n");
}

static void a_device_that_does_not_say_its_tag_may_have_any_mount(void **state)
{
	const struct system *system =
		look_below(VIRTIOFS MOUNTS "40 29 0:30 / /mnt rw - virtiofs share rw\n");

	assert_true(is_blind(find_device(system, "0000:02:00.0"), USE_MOUNT));
	system_free(system);
}

#define FLASH "node mtd mtd0 90:0 at " CARD "/mtd/mtd0\n"

static void flash_is_used_through_ubi_and_by_number(void **state)
{
	static const char ubi[] = FLASH "/sys/class/ubi/ubi0/mtd_num = 0\n"
					"/sys/class/ubi/ubi0_0/mtd_num = 0\n";
	_autofree_ char *mounted = NULL;

	assert_true(asprintf(&mounted, "%s" MOUNTS "40 29 0:30 / /data rw - ubifs ubi0:x rw\n",
			     ubi) > 0);
	expect_below(mounted, USE_BACKING, "mtd0", "ubi0");
	expect_below(mounted, USE_MOUNT, "mtd0", "/data");
	expect_below(FLASH MOUNTS "40 29 31:0 / /data rw - jffs2 mtd0 rw\n", USE_MOUNT, "mtd0",
		     "/data");
	expect_free_below(FLASH MOUNTS "40 29 31:1 / /data rw - jffs2 mtd1 rw\n"
				       "/sys/class/ubi/ubi0/mtd_num = 1\n");
}

static void memory_that_the_kernel_took_in_is_used(void **state)
{
	expect_below(CARD "/ndbus0/dax0.0/driver -> ../../../../../bus/dax/drivers/kmem\n",
		     USE_MEMORY, "dax0.0", "the memory of the machine");
	expect_free_below(CARD
			  "/ndbus0/dax0.0/driver -> ../../../../../bus/dax/drivers/device_dax\n");
}

static void what_hangs_off_a_bridge_is_below_it(void **state)
{
	static const char *const paths[] = {"/sys/devices/pci0000:00/0000:00:01.0",
					    "/sys/devices/pci0000:00/0000:00:01.0/0000:02:00.0",
					    "/sys/devices/pci0000:00/0000:00:01.0", NULL};
	static const char usb[] = "/sys/devices/pci0000:00/0000:00:01.0/0000:02:00.0/usb1/1-2/"
				  "1-2:1.0/host6/target6:0:0/6:0:0:0/block/sdb";
	_autofree_ char *text = NULL;
	const struct system *system;

	assert_true(asprintf(&text,
			     "pci 0000:00:01.0 in pci0000:00\n"
			     "pci 0000:02:00.0 in pci0000:00/0000:00:01.0\n"
			     "node block sdb 8:16 at %s\n"
			     "node block sdb1 8:17 at %s/sdb1 type=partition\n"
			     "/proc/1/mountinfo = 40 29 8:17 / /stick rw - vfat x rw\n",
			     usb, usb) > 0);
	system = snapshot_about(text, 0, paths);
	for (size_t i = 0; i < 2; i++) {
		const struct use *use = find_use(system->devices[i], USE_MOUNT);

		assert_non_null(use);
		assert_string_equal(use->user, "/stick");
		assert_int_equal(system->devices[i]->uses->count, 1);
	}
	system_free(system);
}

static void a_device_without_disks_pays_for_no_mounts(void **state)
{
	static const char *const paths[] = {"/sys/devices/pci0000:00/0000:03:00.0", NULL};
	const struct system *system = snapshot_about(
		"pci 0000:03:00.0 in pci0000:00\n/proc/1/fd/\n/proc/71/ns/mnt -> mnt:[9]\n", 0,
		paths);
	const struct device *device = find_device(system, "0000:03:00.0");

	assert_null(system_source(system, "mounts"));
	assert_int_equal(device->uses->count, 0);
	assert_int_equal(device->uses->blind_count, 0);
	system_free(system);
}

UNIT(block_below)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_system_of_a_virtio_device_is_found_by_its_tag),
		cmocka_unit_test(a_device_that_does_not_say_its_tag_may_have_any_mount),
		cmocka_unit_test(flash_is_used_through_ubi_and_by_number),
		cmocka_unit_test(memory_that_the_kernel_took_in_is_used),
		cmocka_unit_test(what_hangs_off_a_bridge_is_below_it),
		cmocka_unit_test(a_device_without_disks_pays_for_no_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
