#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# early-cuts.sh - a second pin in the system of tests/vm/early, whose disk logs what is written to it. A sector that ext4 does
# not use tells the log when the program has ended.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/system.sh
. system.sh

check "the system's disk is mounted" mount_system || finish
equal "it has a cache, which the kernel flushes" "write back" "$(cat /sys/block/nvme0n1/queue/write_cache)"
sync
in_system iommuctl pin --name other 0000:03:00.0 vfio-pci >/tmp/out 2>&1
equal "another card is pinned" 0 $? || cat /tmp/out
head -c 512 /dev/zero | tr '\0' P >/tmp/marker
check "the log has the end of that" in_system dd if=/tmp/marker of=/dev/nvme0n1 bs=512 seek=1 oflag=direct conv=notrunc
check "the disk is free again" leave_system
finish
