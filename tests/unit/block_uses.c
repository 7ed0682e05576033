/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses of a device's disks: stacks, swap, btrfs, and what does not count. */
#include "base/text.h"
#include "support/check.h"
#include "support/disk.h"

#include <stdio.h>

static void an_unmounted_disk_with_a_partition_table_is_free(void **state)
{
	disk_expect_free(disk_read("", ""));
}

static void a_stale_label_of_lvm_makes_no_use(void **state)
{
	/* The device mapper has another volume, on another disk. */
	disk_expect_free(disk_read("40 29 253:0 / /srv rw - ext4 /dev/mapper/vg-root rw",
				   "node block dm-0 253:0 at " VIRTUAL "/dm-0\n" VIRTUAL
				   "/dm-0/dm/name = vg-root\n"));
}

static void loops_and_swap_of_others_are_none_of_ours(void **state)
{
	disk_expect_free(disk_read("",
				   "/proc/swaps = Filename Type\\n/dev/nvme0n11 partition 1 0 -2\\n"
				   "/swap file 1 0 -2\n"
				   "node block loop0 7:0 at " VIRTUAL "/loop0\n" VIRTUAL
				   "/loop0/loop/backing_file = /srv/dev/nvme0n1\n"));
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
		disk_read("40 29 253:1 / /data rw - xfs /dev/mapper/vg-data rw", STACK);

	disk_expect_use(system, USE_HOLDER, "nvme0n1p2", "md0", DISK "/nvme0n1p2/holders");
	disk_expect_use(system, USE_MOUNT, "dm-1", "/data", "/proc/1/mountinfo");
	assert_string_equal(disk_of(system)->uses->items[1].user, "dm-0 (luks-1)");
	assert_string_equal(disk_of(system)->uses->items[2].user, "dm-1 (vg-data)");
	system_free(system);
}

static void a_stack_is_used_though_nothing_is_mounted(void **state)
{
	const struct system *system = disk_read("", STACK);

	assert_non_null(find_use(disk_of(system), USE_HOLDER));
	assert_null(find_use(disk_of(system), USE_MOUNT));
	system_free(system);
}

static void partitions_of_a_device_on_a_disk_count(void **state)
{
	const struct system *system =
		disk_read("40 29 259:9 / /data rw - ext4 /dev/md0p1 rw",
			  "node block md0p1 259:9 at " VIRTUAL "/md0/md0p1 type=partition\n"
			  "node block md0 9:0 at " VIRTUAL "/md0\n" DISK
			  "/holders/md0 -> ../../../../../../virtual/block/md0\n");

	disk_expect_use(system, USE_MOUNT, "md0p1", "/data", "/proc/1/mountinfo");
	system_free(system);
}

static void holders_that_hold_each_other_come_to_an_end(void **state)
{
	const struct system *system = disk_read(
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
		disk_read("", "/proc/swaps = Filename Type\\n/dev/nvme0n1p1\\tpartition 1 0 -2\n");

	disk_expect_use(system, USE_SWAP, "nvme0n1p1", "/dev/nvme0n1p1", "/proc/swaps");
	system_free(system);
	system = disk_read("", "/proc/swaps = Filename Type\\n/dev/nvme0n1 partition 1 0 -2\n");
	disk_expect_use(system, USE_SWAP, "nvme0n1", "/dev/nvme0n1", "/proc/swaps");
	system_free(system);
	system = disk_read("",
			   "/proc/swaps = Filename Type\\n/dev/dm-1 partition 1 0 -2\n"
			   "node block md0 9:0 at " VIRTUAL "/md0\n"
			   "node block dm-1 253:1 at " VIRTUAL "/dm-1\n" DISK
			   "/nvme0n1p2/holders/dm-1 -> ../../../../../../../virtual/block/dm-1\n");
	disk_expect_use(system, USE_SWAP, "dm-1", "/dev/dm-1", "/proc/swaps");
	system_free(system);
	system = disk_read(
		"40 29 259:1 / /data rw - ext4 x rw\\n41 40 8:2 / /data/sub rw - ext4 y rw",
		"/proc/swaps = Filename Type\\n/data/a\\\\040b file 1 0 -2\\n/data/sub/s "
		"file 1 0 -2\\n/database file 1 0 -2\n");
	disk_expect_use(system, USE_SWAP, "nvme0n1p1", "/data/a b", "/proc/swaps");
	assert_int_equal(disk_of(system)->uses->count, 2);
	system_free(system);
}

static void a_claim_is_asked_for_only_where_nothing_else_is_known(void **state)
{
	const struct system *system = disk_read("", "/iommuctl/claimed = sda\\nnvme0n1\n");

	disk_expect_use(system, USE_CLAIM, "nvme0n1", "the kernel", "/iommuctl/claimed");
	system_free(system);
	system = disk_read("40 29 259:1 / /data rw - ext4 x rw", "/iommuctl/claimed = nvme0n1\n");
	assert_null(find_use(disk_of(system), USE_CLAIM));
	system_free(system);
	/* A mount claims its partition, and so the disk cannot be claimed as a whole. */
	system = disk_read("40 29 259:1 / /data rw - ext4 x rw",
			   "/iommuctl/claimed = nvme0n1\\nnvme0n1p1\\nnvme0n1p2\n");
	disk_expect_use(system, USE_CLAIM, "nvme0n1p2", "the kernel", "/iommuctl/claimed");
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
	disk_expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
	assert_int_equal(disk_of(system)->uses->count, 1);
	system_free(system);
}

UNIT(block_uses)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unmounted_disk_with_a_partition_table_is_free),
		cmocka_unit_test(a_stale_label_of_lvm_makes_no_use),
		cmocka_unit_test(loops_and_swap_of_others_are_none_of_ours),
		cmocka_unit_test(a_mount_at_the_top_of_a_stack_is_found),
		cmocka_unit_test(a_stack_is_used_though_nothing_is_mounted),
		cmocka_unit_test(partitions_of_a_device_on_a_disk_count),
		cmocka_unit_test(holders_that_hold_each_other_come_to_an_end),
		cmocka_unit_test(swap_is_found_as_partition_as_volume_and_as_file),
		cmocka_unit_test(a_claim_is_asked_for_only_where_nothing_else_is_known),
		cmocka_unit_test(a_tree_that_says_nothing_of_claims_cannot_tell),
		cmocka_unit_test(disks_of_nvme_that_two_controllers_may_reach_are_below_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
