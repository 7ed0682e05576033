/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk - a machine with an NVMe disk that is not in use, and the uses that it gets
 *
 *     system = disk_read("40 29 259:1 / /data rw - ext4 /dev/nvme0n1p1 rw", "");
 *     disk_expect_use(system, USE_MOUNT, "nvme0n1p1", "/data", "/proc/1/mountinfo");
 *     system_free(system);
 */
#pragma once

#include "model/system.h"

/** NVME - the controller, 0000:01:00.0; DISK: its disk nvme0n1, which has two partitions */
#define NVME "/sys/devices/pci0000:00/0000:01:00.0"
#define DISK NVME "/nvme/nvme0/nvme0n1"

/** VIRTUAL - where block devices without hardware are: dm, md, loop */
#define VIRTUAL "/sys/devices/virtual/block"

/**
 * disk_read - the system with the uses of NVME; the root of the machine is on another disk
 * @mounts: more lines of /proc/1/mountinfo, with "\\n" between them
 * @more: more lines of the tree, as support/tree.h describes
 */
const struct system *disk_read(const char *mounts, const char *more);

/** disk_of - the controller */
const struct device *disk_of(const struct system *system);

/** disk_expect_use - fails the test unless the first use of that kind has these words */
void disk_expect_use(const struct system *system, enum use_kind kind, const char *node,
		     const char *user, const char *evidence);

/** disk_expect_free - fails the test unless it has no uses and all are known; frees @system */
void disk_expect_free(const struct system *system);
