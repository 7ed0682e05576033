/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uses of a device's disks: those that are found, those that do not count, and those that could not
 * be read.
 */
#include "base/text.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define NVME "/sys/devices/pci0000:00/0000:01:00.0"
#define DISK NVME "/nvme/nvme0/nvme0n1"
#define VIRTUAL "/sys/devices/virtual/block"

/* A disk with a partition table, and a machine whose root is on another disk. */
static const char MACHINE[] =
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=nvme id=8086:0A54 class=10802\n"
	"node nvme nvme0 240:0 at " NVME "/nvme/nvme0\n"
	"node block nvme0n1 259:0 at " DISK "\n"
	"node block nvme0n1p1 259:1 at " DISK "/nvme0n1p1 type=partition\n"
	"node block nvme0n1p2 259:2 at " DISK "/nvme0n1p2 type=partition\n" NVME "/msi_irqs/\n" DISK
	"/queue/\n"
	"/proc/1/comm = systemd\n"
	"/proc/1/fd/\n"
	"/proc/1/root -> /\n"
	"/proc/1/ns/mnt -> mnt:[100]\n"
	"/proc/swaps = Filename Type Size Used Priority\n"
	"/iommuctl/claimed = sdz\n";
static const char ROOT[] = "29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\\n"
			   "30 29 0:5 / /proc rw - proc proc rw";

/* MACHINE with the mounts of process 1 and more lines. */
static const struct system *read_disk(const char *mounts, const char *more)
{
	static const char *const paths[] = {NVME, NULL};
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text, "%s/proc/1/mountinfo = %s%s%s\n%s", MACHINE, ROOT,
			     *mounts ? "\\n" : "", mounts, more) > 0);
	return snapshot_about(text, 0, paths);
}

static const struct device *disk_of(const struct system *system)
{
	return find_device(system, "0000:01:00.0");
}

static void expect_use(const struct system *system, enum use_kind kind, const char *node,
		       const char *user, const char *evidence)
{
	const struct use *use = find_use(disk_of(system), kind);

	assert_non_null(use);
	assert_string_equal(use->node, node);
	assert_string_equal(use->user, user);
	assert_string_equal(use->evidence, evidence);
}

static void expect_free(const struct system *system)
{
	const struct uses *uses = disk_of(system)->uses;

	if (uses->count)
		fail_msg("%s is used by %s", uses->items[0].node, uses->items[0].user);
	if (uses->blind_count)
		fail_msg("%s", uses->blind[0].why);
	system_free(system);
}

static void an_unmounted_disk_with_a_partition_table_is_free(void **state)
{
	expect_free(read_disk("", ""));
}

static void a_stale_label_of_lvm_makes_no_use(void **state)
{
	/* The device mapper has another volume, on another disk. */
	expect_free(read_disk("40 29 253:0 / /srv rw - ext4 /dev/mapper/vg-root rw",
			      "node block dm-0 253:0 at " VIRTUAL "/dm-0\n" VIRTUAL
			      "/dm-0/dm/name = vg-root\n"));
}

static void loops_and_swap_of_others_are_none_of_ours(void **state)
{
	expect_free(read_disk("", "/proc/swaps = Filename Type\\n/dev/nvme0n11 partition 1 0 -2\\n"
				  "/swap file 1 0 -2\n"
				  "node block loop0 7:0 at " VIRTUAL "/loop0\n" VIRTUAL
				  "/loop0/loop/backing_file = /srv/dev/nvme0n1\n"));
}

static void a_mounted_partition_is_used(void **state)
{
	const struct system *system =
		read_disk("40 29 259:1 / /data rw - ext4 /dev/nvme0n1p1 rw", "");

	expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
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
		system = read_disk(line, "");
		expect_use(system, USE_SYSTEM_MOUNT, "nvme0n1p1", points[i], "/proc/1/mountinfo");
		system_free(system);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		_autofree_ char *line = NULL;
		const struct system *system;

		assert_true(asprintf(&line, "40 29 259:1 / %s rw - ext4 x rw", others[i]) > 0);
		system = read_disk(line, "");
		assert_null(find_use(disk_of(system), USE_SYSTEM_MOUNT));
		expect_use(system, USE_MOUNT, "nvme0n1p1", others[i], "/proc/1/mountinfo");
		system_free(system);
	}
}

static void a_mount_point_may_be_any_bytes(void **state)
{
	const struct system *system = read_disk(
		"40 29 259:1 / /a\\\\040b\\\\012c\\\\134 rw shared:7 master:2 - ext4 x rw", "");

	expect_use(system, USE_MOUNT, "nvme0n1p1", "/a b\nc\\", "/proc/1/mountinfo");
	system_free(system);
}

static void broken_lines_of_mountinfo_are_passed_over(void **state)
{
	expect_free(read_disk("nonsense\\n40 29\\n40 29 x:y / /p rw - ext4 x rw\\n - - -\\n"
			      "40 29 259:1 / relative rw - ext4 x rw",
			      ""));
}

/* Lines of a tree: LVM on LUKS on md on a partition. */
static const char STACK[] =
	"node block md0 9:0 at " VIRTUAL "/md0\n"
	"node block dm-0 253:0 at " VIRTUAL "/dm-0\n" VIRTUAL "/dm-0/dm/name = luks-1\n"
	"node block dm-1 253:1 at " VIRTUAL "/dm-1\n" VIRTUAL "/dm-1/dm/name = vg-data\n" DISK
	"/nvme0n1p2/holders/md0 -> ../../../../../../../virtual/block/md0\n" VIRTUAL
	"/md0/holders/dm-0 -> ../../dm-0\n" VIRTUAL "/dm-0/holders/dm-1 -> ../../dm-1\n";

static void a_mount_at_the_top_of_a_stack_is_found(void **state)
{
	const struct system *system =
		read_disk("40 29 253:1 / /data rw - xfs /dev/mapper/vg-data rw", STACK);

	expect_use(system, USE_HOLDER, "nvme0n1p2", "md0", DISK "/nvme0n1p2/holders");
	expect_use(system, USE_MOUNT, "dm-1", "/data", "/proc/1/mountinfo");
	assert_string_equal(disk_of(system)->uses->items[1].user, "dm-0 (luks-1)");
	assert_string_equal(disk_of(system)->uses->items[2].user, "dm-1 (vg-data)");
	system_free(system);
}

static void a_stack_is_used_though_nothing_is_mounted(void **state)
{
	const struct system *system = read_disk("", STACK);

	assert_non_null(find_use(disk_of(system), USE_HOLDER));
	assert_null(find_use(disk_of(system), USE_MOUNT));
	system_free(system);
}

static void partitions_of_a_device_on_a_disk_count(void **state)
{
	const struct system *system =
		read_disk("40 29 259:9 / /data rw - ext4 /dev/md0p1 rw",
			  "node block md0p1 259:9 at " VIRTUAL "/md0/md0p1 type=partition\n"
			  "node block md0 9:0 at " VIRTUAL "/md0\n" DISK
			  "/holders/md0 -> ../../../../../../virtual/block/md0\n");

	expect_use(system, USE_MOUNT, "md0p1", "/data", "/proc/1/mountinfo");
	system_free(system);
}

static void holders_that_hold_each_other_come_to_an_end(void **state)
{
	const struct system *system = read_disk(
		"", "node block md0 9:0 at " VIRTUAL "/md0\n"
		    "node block md1 9:1 at " VIRTUAL "/md1\n" DISK
		    "/holders/md0 -> ../../../../../../virtual/block/md0\n" VIRTUAL
		    "/md0/holders/md1 -> ../../md1\n" VIRTUAL "/md1/holders/md0 -> ../../md0\n");

	assert_int_equal(disk_of(system)->uses->count, 3);
	system_free(system);
}

static void swap_is_found_as_partition_as_volume_and_as_file(void **state)
{
	const struct system *system =
		read_disk("", "/proc/swaps = Filename Type\\n/dev/nvme0n1p1\\tpartition 1 0 -2\n");

	expect_use(system, USE_SWAP, "nvme0n1p1", "/dev/nvme0n1p1", "/proc/swaps");
	system_free(system);
	system = read_disk("", "/proc/swaps = Filename Type\\n/dev/nvme0n1 partition 1 0 -2\n");
	expect_use(system, USE_SWAP, "nvme0n1", "/dev/nvme0n1", "/proc/swaps");
	system_free(system);
	system = read_disk("",
			   "/proc/swaps = Filename Type\\n/dev/dm-1 partition 1 0 -2\n"
			   "node block md0 9:0 at " VIRTUAL "/md0\n"
			   "node block dm-1 253:1 at " VIRTUAL "/dm-1\n" DISK
			   "/nvme0n1p2/holders/dm-1 -> ../../../../../../../virtual/block/dm-1\n");
	expect_use(system, USE_SWAP, "dm-1", "/dev/dm-1", "/proc/swaps");
	system_free(system);
	system = read_disk(
		"40 29 259:1 / /data rw - ext4 x rw\\n41 40 8:2 / /data/sub rw - ext4 y rw",
		"/proc/swaps = Filename Type\\n/data/a\\\\040b file 1 0 -2\\n/data/sub/s "
		"file 1 0 -2\\n/database file 1 0 -2\n");
	expect_use(system, USE_SWAP, "nvme0n1p1", "/data/a b", "/proc/swaps");
	assert_int_equal(disk_of(system)->uses->count, 2);
	system_free(system);
}

static void a_mount_in_another_namespace_is_found(void **state)
{
	const struct system *system =
		read_disk("", "/proc/70/ns/mnt -> mnt:[100]\n"
			      "/proc/71/ns/mnt -> mnt:[200]\n"
			      "/proc/71/root -> /srv/jail\n"
			      "/proc/71/mountinfo = 40 29 0:40 / / rw - tmpfs none rw\n"
			      "/proc/72/ns/mnt -> mnt:[200]\n"
			      "/proc/72/root -> /\n"
			      "/proc/72/mountinfo = 40 29 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n");

	/* The "/" of a container is not the machine's; a process in a chroot is not read. */
	expect_use(system, USE_MOUNT, "nvme0n1p2", "/ in the mount namespace of process 72",
		   "/proc/72/mountinfo");
	assert_int_equal(disk_of(system)->uses->count, 1);
	assert_int_equal(disk_of(system)->uses->blind_count, 0);
	system_free(system);
}

static void a_users_mount_with_a_disks_name_is_no_mount_of_it(void **state)
{
	/* Any user may mount these types in a user namespace, with any source. */
	expect_free(read_disk("",
			      "/proc/72/ns/mnt -> mnt:[200]\n"
			      "/proc/72/root -> /\n"
			      "/proc/72/mountinfo = 40 29 0:40 / /a rw - tmpfs /dev/nvme0n1 rw\\n"
			      "41 29 0:41 / /b rw - fuse.x /dev/nvme0n1p1 rw\\n"
			      "42 29 0:42 / /c rw - overlay /dev/nvme0n1p2 rw\n"));
	expect_free(read_disk("40 29 0:40 / /a rw - tmpfs /dev/nvme0n1 rw", ""));
}

static void every_point_counts_once_and_all_namespaces_are_named(void **state)
{
	const struct system *system =
		read_disk("40 29 259:1 / /data rw - ext4 x rw",
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
	system = read_disk(mounts, "");
	expect_use(system, USE_MOUNT, "nvme0n1p2", "/last", "/proc/1/mountinfo");
	assert_int_equal(disk_of(system)->uses->blind_count, 0);
	system_free(system);
}

static void a_namespace_that_cannot_be_read_may_hide_a_mount(void **state)
{
	const struct system *system = read_disk("", "/proc/71/ns/mnt -> mnt:[200]\n");

	assert_true(is_blind(disk_of(system), USE_MOUNT));
	assert_false(is_blind(disk_of(system), USE_SYSTEM_MOUNT));
	system_free(system);
	system = read_disk("", "/proc/71/\n/iommuctl/unreadable = /proc/71/ns/mnt\\tdenied\n");
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
		read_disk("40 29 0:31 /sub /data rw - btrfs /dev/sdb1 rw,subvol=/sub", pool);

	expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
	assert_int_equal(disk_of(system)->uses->count, 1);
	system_free(system);
	system = read_disk("", pool);
	expect_use(system, USE_MOUNT, "nvme0n1p1", "btrfs, mounted where it cannot be seen",
		   "/sys/fs/btrfs/b5a5/devices");
	system_free(system);
	/* Without the pool in sysfs, the name of the mounted device has to do. */
	system = read_disk("40 29 0:31 / /data rw - btrfs /dev/disk/by-label/d rw",
			   "/dev/disk/by-label/d -> ../../nvme0n1p1\n");
	expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
	system_free(system);
	system = read_disk("40 29 0:31 / /data rw - bcachefs /dev/sdb:/dev/nvme0n1p2 rw", "");
	expect_use(system, USE_MOUNT, "nvme0n1p2", "/data", "/proc/1/mountinfo");
	system_free(system);
}

static void a_disk_that_is_handed_on_is_used(void **state)
{
	const struct system *system =
		read_disk("40 29 7:3 / /image rw - ext4 /dev/loop3 rw",
			  "node block loop3 7:3 at " VIRTUAL "/loop3\n" VIRTUAL
			  "/loop3/loop/backing_file = /dev/nvme0n1p1\n");

	expect_use(system, USE_BACKING, "nvme0n1p1", "loop3", "/sys/block/loop3/loop/backing_file");
	expect_use(system, USE_MOUNT, "loop3", "/image", "/proc/1/mountinfo");
	system_free(system);
	system = read_disk("",
			   "/sys/kernel/config/target/core/iblock_0/d/udev_path = /dev/nvme0n1\n");
	expect_use(system, USE_BACKING, "nvme0n1", "iSCSI target iblock_0/d",
		   "/sys/kernel/config/target/core/iblock_0/d/udev_path");
	system_free(system);
	system = read_disk("", "/sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/device_path = "
			       "/dev/disk/by-id/x\n/dev/disk/by-id/x -> ../../nvme0n1\n");
	expect_use(system, USE_BACKING, "nvme0n1", "NVMe target nqn",
		   "/sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/device_path");
	system_free(system);
}

#define CORE "/sys/kernel/config/target/core"
#define NVMET "/sys/kernel/config/nvmet/subsystems/nqn"

static const struct system *look_at_scsi_target(const char *host)
{
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     CORE "/pscsi_0/p/info = Status: ACTIVATED\\nSCSI Device Bus "
				  "Location: Channel ID: 0 Target ID: 1 LUN: 2 Host ID: %s\n"
				  "node block sdc 8:32 at " NVME
				  "/ata1/host3/target3:0:1/3:0:1:2/block/sdc\n",
			     host) > 0);
	return read_disk("", text);
}

static void expect_scsi_target(const struct system *system)
{
	expect_use(system, USE_BACKING, "sdc", "iSCSI target pscsi_0/p", CORE "/pscsi_0/p/info");
	system_free(system);
}

/* A backend without udev_path shows only in "info" which device it opened. */
static void an_export_is_found_by_the_device_it_opened(void **state)
{
	const struct system *system =
		read_disk("", CORE "/iblock_0/d/info = iBlock device: nvme0n1p1  UDEV PATH: \\n\n");

	expect_use(system, USE_BACKING, "nvme0n1p1", "iSCSI target iblock_0/d",
		   CORE "/iblock_0/d/info");
	system_free(system);
	system =
		read_disk("", CORE "/fileio_0/f/info = TCM FILEIO ID: 0        File: /dev/nvme0n1  "
				   "Size: 1\n");
	expect_use(system, USE_BACKING, "nvme0n1", "iSCSI target fileio_0/f",
		   CORE "/fileio_0/f/info");
	system_free(system);
	expect_scsi_target(look_at_scsi_target("3"));
	expect_scsi_target(look_at_scsi_target("PHBA Mode"));
	expect_free(look_at_scsi_target("33"));
}

static void nvmet_passes_whole_controllers_on(void **state)
{
	const struct system *system = read_disk(
		"", NVMET "/passthru/device_path = /dev/nvme0\n" NVMET "/passthru/enable = 1\n");

	expect_use(system, USE_BACKING, "nvme0", "NVMe target nqn", NVMET "/passthru/device_path");
	system_free(system);
	expect_free(read_disk("", NVMET "/passthru/device_path = /dev/nvme0\n" NVMET
					"/passthru/enable = 0\n"));
	expect_free(read_disk("", NVMET "/passthru/device_path = /dev/nvme1\n" NVMET
					"/passthru/enable = 1\n"));
	expect_free(read_disk("", NVMET "/namespaces/1/device_path = /dev/nvme0n1\n" NVMET
					"/namespaces/1/enable = 0\n"));
	expect_free(read_disk("", CORE "/iblock_0/d/udev_path = /dev/nvme0n1\n" CORE
				       "/iblock_0/d/enable = 0\n"));
}

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

static void a_claim_is_asked_for_only_where_nothing_else_is_known(void **state)
{
	const struct system *system = read_disk("", "/iommuctl/claimed = sda\\nnvme0n1\n");

	expect_use(system, USE_CLAIM, "nvme0n1", "the kernel", "/iommuctl/claimed");
	system_free(system);
	system = read_disk("40 29 259:1 / /data rw - ext4 x rw", "/iommuctl/claimed = nvme0n1\n");
	assert_null(find_use(disk_of(system), USE_CLAIM));
	system_free(system);
	/* A mount claims its partition, and so the disk cannot be claimed as a whole. */
	system = read_disk("40 29 259:1 / /data rw - ext4 x rw",
			   "/iommuctl/claimed = nvme0n1\\nnvme0n1p1\\nnvme0n1p2\n");
	expect_use(system, USE_CLAIM, "nvme0n1p2", "the kernel", "/iommuctl/claimed");
	assert_int_equal(disk_of(system)->uses->count, 2);
	system_free(system);
}

static void a_tree_that_says_nothing_of_claims_cannot_tell(void **state)
{
	static const char *const paths[] = {NVME, NULL};
	const struct system *system = snapshot_about(
		"pci 0000:01:00.0 in pci0000:00\nnode block nvme0n1 259:0 at " DISK "\n", 0, paths);

	assert_true(is_blind(disk_of(system), USE_CLAIM));
	/* Without /proc these uses are unknown. */
	assert_true(is_blind(disk_of(system), USE_MOUNT));
	assert_true(is_blind(disk_of(system), USE_SYSTEM_MOUNT));
	assert_true(is_blind(disk_of(system), USE_SWAP));
	assert_true(is_blind(disk_of(system), USE_OPEN));
	system_free(system);
}

static void disks_of_nvme_that_two_controllers_may_reach_are_below_each(void **state)
{
	static const char *const paths[] = {NVME, NULL};
	static const char head[] = "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1";
	_autofree_ char *text = NULL;
	const struct system *system;

	assert_true(asprintf(&text,
			     "pci 0000:01:00.0 in pci0000:00\nnode nvme nvme0 240:0 at " NVME
			     "/nvme/nvme0\n" NVME "/nvme/nvme0/nvme0c0n1/queue/\n"
			     "node block nvme0n1 259:0 at %s\n"
			     "node block nvme0n1p1 259:1 at %s/nvme0n1p1 type=partition\n"
			     "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0 -> "
			     "../../../pci0000:00/0000:01:00.0/nvme/nvme0\n"
			     "/sys/class/nvme-subsystem/nvme-subsys0 -> "
			     "../../devices/virtual/nvme-subsystem/nvme-subsys0\n"
			     "/sys/class/nvme-subsystem/nvme-subsys1 -> "
			     "../../devices/virtual/nvme-subsystem/nvme-subsys1\n"
			     "node block nvme1n1 259:5 at "
			     "/sys/devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1\n"
			     "/proc/1/mountinfo = 40 29 259:1 / /data rw - ext4 x rw\\n"
			     "41 29 259:5 / /other rw - ext4 x rw\n",
			     head, head) > 0);
	system = snapshot_about(text, 0, paths);
	expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
	assert_int_equal(disk_of(system)->uses->count, 1);
	system_free(system);
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

UNIT(block_uses)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unmounted_disk_with_a_partition_table_is_free),
		cmocka_unit_test(a_stale_label_of_lvm_makes_no_use),
		cmocka_unit_test(loops_and_swap_of_others_are_none_of_ours),
		cmocka_unit_test(a_mounted_partition_is_used),
		cmocka_unit_test(mounts_of_the_system_are_distinguished),
		cmocka_unit_test(a_mount_point_may_be_any_bytes),
		cmocka_unit_test(broken_lines_of_mountinfo_are_passed_over),
		cmocka_unit_test(a_mount_at_the_top_of_a_stack_is_found),
		cmocka_unit_test(a_stack_is_used_though_nothing_is_mounted),
		cmocka_unit_test(partitions_of_a_device_on_a_disk_count),
		cmocka_unit_test(holders_that_hold_each_other_come_to_an_end),
		cmocka_unit_test(swap_is_found_as_partition_as_volume_and_as_file),
		cmocka_unit_test(a_mount_in_another_namespace_is_found),
		cmocka_unit_test(a_users_mount_with_a_disks_name_is_no_mount_of_it),
		cmocka_unit_test(every_point_counts_once_and_all_namespaces_are_named),
		cmocka_unit_test(sixty_thousand_mounts_hide_nothing),
		cmocka_unit_test(a_namespace_that_cannot_be_read_may_hide_a_mount),
		cmocka_unit_test(btrfs_is_found_by_any_of_its_devices),
		cmocka_unit_test(a_disk_that_is_handed_on_is_used),
		cmocka_unit_test(an_export_is_found_by_the_device_it_opened),
		cmocka_unit_test(nvmet_passes_whole_controllers_on),
		cmocka_unit_test(a_file_system_of_a_virtio_device_is_found_by_its_tag),
		cmocka_unit_test(a_device_that_does_not_say_its_tag_may_have_any_mount),
		cmocka_unit_test(flash_is_used_through_ubi_and_by_number),
		cmocka_unit_test(memory_that_the_kernel_took_in_is_used),
		cmocka_unit_test(a_claim_is_asked_for_only_where_nothing_else_is_known),
		cmocka_unit_test(a_tree_that_says_nothing_of_claims_cannot_tell),
		cmocka_unit_test(disks_of_nvme_that_two_controllers_may_reach_are_below_each),
		cmocka_unit_test(what_hangs_off_a_bridge_is_below_it),
		cmocka_unit_test(a_device_without_disks_pays_for_no_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
