/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/disk.h"

#include "base/text.h"
#include "support/check.h"

#include <stdio.h>

static const char DISK_MACHINE[] =
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

static const char DISK_ROOT[] = "29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\\n"
				"30 29 0:5 / /proc rw - proc proc rw";

const struct system *disk_read(const char *mounts, const char *more)
{
	static const char *const paths[] = {NVME, NULL};
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text, "%s/proc/1/mountinfo = %s%s%s\n%s", DISK_MACHINE, DISK_ROOT,
			     *mounts ? "\\n" : "", mounts, more) > 0);
	return snapshot_about(text, 0, paths);
}

const struct device *disk_of(const struct system *system)
{
	return find_device(system, "0000:01:00.0");
}

void disk_expect_use(const struct system *system, enum use_kind kind, const char *node,
		     const char *user, const char *evidence)
{
	const struct use *use = find_use(disk_of(system), kind);

	assert_non_null(use);
	assert_string_equal(use->node, node);
	assert_string_equal(use->user, user);
	assert_string_equal(use->evidence, evidence);
}

void disk_expect_free(const struct system *system)
{
	assert_free(disk_of(system));
	system_free(system);
}
