/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that the machine itself runs from: disks of its system, boot display. */
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>

#define DISK "/sys/devices/pci0000:00/0000:03:00.0/nvme/nvme0/nvme0n1"
#define NODES                                                                        \
	"pci 0000:03:00.0 in pci0000:00 driver=nvme id=144D:A808 class=10802\n"      \
	"pci 0000:04:00.0 in pci0000:00 driver=ahci id=8086:2922 class=10601\n" DISK \
	"/nvme0n1p2/\n"                                                              \
	"/sys/dev/block/259:2 -> ../.." DISK_BELOW_SYS "/nvme0n1p2\n"                \
	"/sys/class/block/nvme0n1p2 -> ../.." DISK_BELOW_SYS "/nvme0n1p2\n"
#define DISK_BELOW_SYS "/devices/pci0000:00/0000:03:00.0/nvme/nvme0/nvme0n1"
#define LINE(number, point, type, source) "36 1 " number " / " point " rw - " type " " source " rw"

static const struct system *read_vital(const char *text)
{
	_autoroot_ struct root *root = NULL;
	const struct system *system;
	struct error error;
	char *dir = tree_new(text);

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(system_read(root, FACT_OBSTACLES, &system, &error), 0);
	tree_remove(dir);
	return system;
}

/* Whether the NVMe controller, and no other device, has the system's disk. */
static void expect_disk(const char *text, bool expected)
{
	_autosystem_ const struct system *system = read_vital(text);

	assert_int_equal(find_device(system, "0000:03:00.0")->has_system_disk, expected);
	assert_false(find_device(system, "0000:04:00.0")->has_system_disk);
}

static void the_disk_of_the_root_file_system_is_the_system_s(void **state)
{
	expect_disk(NODES "/proc/1/mountinfo = " LINE("259:2", "/", "ext4", "/dev/nvme0n1p2") "\n",
		    true);
	expect_disk(NODES "/proc/1/mountinfo = " LINE("259:2", "/boot/efi", "vfat",
						      "/dev/nvme0n1p2") "\n",
		    true);
	expect_disk(NODES
		    "/proc/1/mountinfo = " LINE("259:2", "/srv", "ext4", "/dev/nvme0n1p2") "\n",
		    false);
	expect_disk(NODES "/proc/1/mountinfo = " LINE("0:21", "/", "tmpfs", "tmpfs") "\n", false);
	expect_disk(NODES, false);
}

static void a_btrfs_is_found_by_its_source(void **state)
{
	expect_disk(NODES "/proc/1/mountinfo = " LINE("0:21", "/", "btrfs", "/dev/nvme0n1p2") "\n",
		    true);
}

static void the_disks_below_a_volume_are_found(void **state)
{
	expect_disk(
		NODES "/proc/1/mountinfo = " LINE(
			"253:0", "/", "ext4",
			"/dev/mapper/root") "\n"
					    "/sys/dev/block/253:0 -> "
					    "../../devices/virtual/block/dm-0\n"
					    "/sys/devices/virtual/block/dm-0/slaves/dm-1 -> "
					    "../../dm-1\n"
					    "/sys/devices/virtual/block/dm-1/slaves/nvme0n1p2 -> "
					    "../../../../.." DISK_BELOW_SYS "/nvme0n1p2\n",
		true);
}

static void volumes_that_are_made_of_each_other_end(void **state)
{
	expect_disk(NODES "/proc/1/mountinfo = " LINE(
			    "253:0", "/", "ext4",
			    "/dev/mapper/root") "\n"
						"/sys/dev/block/253:0 -> "
						"../../devices/virtual/block/dm-0\n"
						"/sys/devices/virtual/block/dm-0/slaves/dm-0 -> "
						"../../dm-0\n",
		    false);
}

static void a_disk_of_an_nvme_subsystem_is_found_by_its_controllers(void **state)
{
	expect_disk(NODES "/proc/1/mountinfo = " LINE(
			    "259:7", "/", "ext4",
			    "/dev/nvme1n1p1") "\n"
					      "/sys/dev/block/259:7 -> "
					      "../../devices/virtual/nvme-subsystem/nvme-subsys1/"
					      "nvme1n1/nvme1n1p1\n"
					      "/sys/devices/virtual/nvme-subsystem/nvme-subsys1/"
					      "nvme1n1/nvme1n1p1/\n"
					      "/sys/devices/virtual/nvme-subsystem/nvme-subsys1/"
					      "nvme0 -> "
					      "../../../pci0000:00/0000:03:00.0/nvme/nvme0\n",
		    true);
}

static void the_boot_display_is_one_that_this_host_shows_on(void **state)
{
	static const struct {
		const char *driver, *class, *boot_vga;
		bool expected;
	} cases[] = {
		{"i915", "30000", "1", true},
		{"i915", "30000", "0", false},
		{"vfio-pci", "30000", "1", false},
		{"e1000e", "20000", "1", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[512];
		const struct system *system;

		snprintf(text, sizeof(text),
			 "pci 0000:00:02.0 in pci0000:00 driver=%s id=8086:1234 class=%s\n"
			 "/sys/devices/pci0000:00/0000:00:02.0/boot_vga = %s\n",
			 cases[i].driver, cases[i].class, cases[i].boot_vga);
		system = read_vital(text);
		assert_int_equal(find_device(system, "0000:00:02.0")->is_boot_display,
				 cases[i].expected);
		system_free(system);
	}
}

UNIT(vital)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_disk_of_the_root_file_system_is_the_system_s),
		cmocka_unit_test(a_btrfs_is_found_by_its_source),
		cmocka_unit_test(the_disks_below_a_volume_are_found),
		cmocka_unit_test(volumes_that_are_made_of_each_other_end),
		cmocka_unit_test(a_disk_of_an_nvme_subsystem_is_found_by_its_controllers),
		cmocka_unit_test(the_boot_display_is_one_that_this_host_shows_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
