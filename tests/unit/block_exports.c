/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks that targets of SCSI, NVMe and others pass on. */
#include "base/text.h"
#include "support/check.h"
#include "support/disk.h"

#include <stdio.h>

static void a_disk_that_is_handed_on_is_used(void **state)
{
	const struct system *system =
		disk_read("40 29 7:3 / /image rw - ext4 /dev/loop3 rw",
			  "node block loop3 7:3 at " VIRTUAL "/loop3\n" VIRTUAL
			  "/loop3/loop/backing_file = /dev/nvme0n1p1\n");

	disk_expect_use(system, USE_BACKING, "nvme0n1p1", "loop3",
			"/sys/block/loop3/loop/backing_file");
	disk_expect_use(system, USE_MOUNT, "loop3", "/image", "/proc/1/mountinfo");
	system_free(system);
	system = disk_read("",
			   "/sys/kernel/config/target/core/iblock_0/d/udev_path = /dev/nvme0n1\n");
	disk_expect_use(system, USE_BACKING, "nvme0n1", "iSCSI target iblock_0/d",
			"/sys/kernel/config/target/core/iblock_0/d/udev_path");
	system_free(system);
	system = disk_read("", "/sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/device_path = "
			       "/dev/disk/by-id/x\n/dev/disk/by-id/x -> ../../nvme0n1\n");
	disk_expect_use(system, USE_BACKING, "nvme0n1", "NVMe target nqn",
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
	return disk_read("", text);
}

static void expect_scsi_target(const struct system *system)
{
	disk_expect_use(system, USE_BACKING, "sdc", "iSCSI target pscsi_0/p",
			CORE "/pscsi_0/p/info");
	system_free(system);
}

/* A backend without udev_path shows only in "info" which device it opened. */
static void an_export_is_found_by_the_device_it_opened(void **state)
{
	const struct system *system =
		disk_read("", CORE "/iblock_0/d/info = iBlock device: nvme0n1p1  UDEV PATH: \\n\n");

	disk_expect_use(system, USE_BACKING, "nvme0n1p1", "iSCSI target iblock_0/d",
			CORE "/iblock_0/d/info");
	system_free(system);
	system =
		disk_read("", CORE "/fileio_0/f/info = TCM FILEIO ID: 0        File: /dev/nvme0n1  "
				   "Size: 1\n");
	disk_expect_use(system, USE_BACKING, "nvme0n1", "iSCSI target fileio_0/f",
			CORE "/fileio_0/f/info");
	system_free(system);
	expect_scsi_target(look_at_scsi_target("3"));
	expect_scsi_target(look_at_scsi_target("PHBA Mode"));
	disk_expect_free(look_at_scsi_target("33"));
}

static void nvmet_passes_whole_controllers_on(void **state)
{
	const struct system *system = disk_read(
		"", NVMET "/passthru/device_path = /dev/nvme0\n" NVMET "/passthru/enable = 1\n");

	disk_expect_use(system, USE_BACKING, "nvme0", "NVMe target nqn",
			NVMET "/passthru/device_path");
	system_free(system);
	disk_expect_free(disk_read("", NVMET "/passthru/device_path = /dev/nvme0\n" NVMET
					     "/passthru/enable = 0\n"));
	disk_expect_free(disk_read("", NVMET "/passthru/device_path = /dev/nvme1\n" NVMET
					     "/passthru/enable = 1\n"));
	disk_expect_free(disk_read("", NVMET "/namespaces/1/device_path = /dev/nvme0n1\n" NVMET
					     "/namespaces/1/enable = 0\n"));
	disk_expect_free(disk_read("", CORE "/iblock_0/d/udev_path = /dev/nvme0n1\n" CORE
					    "/iblock_0/d/enable = 0\n"));
}

UNIT(block_exports)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disk_that_is_handed_on_is_used),
		cmocka_unit_test(an_export_is_found_by_the_device_it_opened),
		cmocka_unit_test(nvmet_passes_whole_controllers_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
