/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes below a device: their names and numbers as the kernel tells them, or leaves them out. */
#include "sources/read.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define CARD "/sys/devices/pci0000:00/0000:02:00.0"

static const char MACHINE[] =
	"pci 0000:02:00.0 in pci0000:00 group=2 driver=nvme id=144D:A808 class=10802\n"
	"/proc/1/comm = systemd\n"
	"/proc/1/fd/\n"
	"/proc/1/root -> /\n"
	"/proc/1/ns/mnt -> mnt:[100]\n"
	"/iommuctl/claimed = sdz\n";

/* The first mount of the disk, "NODE POINT", on a machine with @more. @number: the device mounted
 * at /data. */
static const char *mount_of(const char *number, const char *more)
{
	static const char *const paths[] = {CARD, NULL};
	static char text[256];
	_autofree_ char *tree = NULL;
	const struct system *system;
	const struct use *use;

	assert_true(asprintf(&tree,
			     "%s/proc/1/mountinfo = 29 1 8:1 / / rw - ext4 /dev/sda1 rw\\n"
			     "40 29 %s / /data rw - ext4 /dev/x rw\n%s",
			     MACHINE, number, more) > 0);
	system = snapshot_about(tree, 0, paths);
	use = find_use(find_device(system, "0000:02:00.0"), USE_MOUNT);
	snprintf(text, sizeof(text), "%s %s", use ? use->node : "-", use ? use->user : "-");
	system_free(system);
	return text;
}

static void a_node_is_called_as_its_uevent_says(void **state)
{
	assert_string_equal(
		mount_of("104:0",
			 CARD "/block/c0d0/dev = 104:0\n" CARD
			      "/block/c0d0/uevent = MAJOR=104\\nMINOR=0\\nDEVNAME=cciss/c0d0\\n"
			      "DEVTYPE=disk\n" CARD
			      "/block/c0d0/subsystem -> ../../../../../class/block\n"),
		"cciss/c0d0 /data");
}

/* The folder has '!' where the node has a slash. */
static void without_a_name_in_its_uevent_it_is_called_after_its_folder(void **state)
{
	assert_string_equal(mount_of("104:0", CARD
				     "/block/cciss!c0d0/dev = 104:0\n" CARD
				     "/block/cciss!c0d0/uevent = MAJOR=104\\nMINOR=0\n" CARD
				     "/block/cciss!c0d0/subsystem -> ../../../../../class/block\n"),
			    "cciss/c0d0 /data");
}

static void a_node_of_another_number_is_another_disk(void **state)
{
	assert_string_equal(
		mount_of("104:16",
			 CARD "/block/c0d0/dev = 104:0\n" CARD
			      "/block/c0d0/uevent = MAJOR=104\\nMINOR=0\\nDEVNAME=c0d0\n" CARD
			      "/block/c0d0/subsystem -> ../../../../../class/block\n"),
		"- -");
}

static void a_number_that_is_none_is_not_taken_for_one(void **state)
{
	assert_string_equal(
		mount_of("104:0",
			 CARD "/block/c0d0/dev = 104:0\n" CARD
			      "/block/c0d0/uevent = MAJOR=99999999999999999999999999999999999"
			      "99999999999999999999999999999999999999\\nMINOR=x\\n"
			      "DEVNAME=c0d0\n" CARD
			      "/block/c0d0/subsystem -> ../../../../../class/block\n"),
		"- -");
}

/* Disks of an NVMe controller lie below its subsystem. */
static void a_disk_of_an_nvme_subsystem_belongs_to_each_of_its_controllers(void **state)
{
#define SUBSYSTEM "/sys/devices/virtual/nvme-subsystem/nvme-subsys0"
	static const char DISK[] =
		CARD "/nvme/nvme0/dev = 240:0\n" CARD
		     "/nvme/nvme0/uevent = MAJOR=240\\nMINOR=0\\nDEVNAME=nvme0\n"
		     "/sys/class/nvme-subsystem/nvme-subsys0 -> "
		     "../../devices/virtual/nvme-subsystem/nvme-subsys0\n" SUBSYSTEM
		     "/nvme0n1/dev = 259:0\n" SUBSYSTEM
		     "/nvme0n1/uevent = MAJOR=259\\nMINOR=0\\nDEVNAME=nvme0n1\n" SUBSYSTEM
		     "/nvme0n1/subsystem -> ../../../../../class/block\n";
	_autofree_ char *ours = NULL, *others = NULL;

	assert_true(asprintf(&ours,
			     "%s" SUBSYSTEM "/nvme0 -> "
			     "../../../pci0000:00/0000:02:00.0/nvme/nvme0\n",
			     DISK) > 0);
	assert_true(asprintf(&others,
			     "%s" SUBSYSTEM "/nvme0 -> "
			     "../../../pci0000:00/0000:09:00.0/nvme/nvme0\n",
			     DISK) > 0);
	assert_string_equal(mount_of("259:0", ours), "nvme0n1 /data");
	assert_string_equal(mount_of("259:0", others), "- -");
#undef SUBSYSTEM
}

UNIT(below_nodes)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_is_called_as_its_uevent_says),
		cmocka_unit_test(without_a_name_in_its_uevent_it_is_called_after_its_folder),
		cmocka_unit_test(a_node_of_another_number_is_another_disk),
		cmocka_unit_test(a_number_that_is_none_is_not_taken_for_one),
		cmocka_unit_test(a_disk_of_an_nvme_subsystem_belongs_to_each_of_its_controllers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
