/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree - fake machines as readable text
 *
 * A tree is lines of text; each makes files, folders and links below one folder:
 *
 *     # a comment
 *     group 1 type=DMA regions="0x00000000fee00000 0x00000000feefffff msi"
 *     pci 0000:00:01.0 in pci0000:00 group=1 driver=pcieport id=8086:1C18 class=60400
 *     pci 0000:01:00.0 in pci0000:00/0000:00:01.0 header=80 pcie=0 acs=1d/0
 *     platform a000000.virtio_mmio group=2 driver=virtio-mmio of=/virtio_mmio@a000000
 *     iommu dmar0 serves=/sys/devices/pci0000:00/0000:00:01.0
 *     interface net eth0 of /sys/devices/pci0000:00/0000:00:01.0
 *     node block nvme0n1p1 259:1 at /sys/devices/…/nvme0/nvme0n1/nvme0n1p1 type=partition
 *     /proc/cmdline = quiet iommu=pt
 *     /sys/class/odd -> ../../devices
 *     /dev/vfio/
 *
 * header=, pcie=, acs=, serial= and config=short make a PCI config space, hexadecimal: the header
 * type, the type of port, what ACS could do and does, the serial number; short where only its
 * header can be read.
 *
 * After " = " comes the text of a file, with \n, \t, \\ and \xNN; a newline is added, as sysfs
 * does, unless \c stands at the end. Words with blanks stand in double quotes.
 */
#pragma once

/** tree_unpack - make the files that @text describes below @dir, which exists; exits on a mistake
 */
void tree_unpack(const char *text, const char *dir);

/**
 * tree_place - the folder for temporary files: $TMPDIR, else /dev/shm, else /tmp
 * In memory, because a tree has thousands of small files, which take seconds on a busy disk.
 */
const char *tree_place(void);

/**
 * tree_new - a new folder in tree_place() with that tree in it
 * Returns: its path, to be given to tree_remove.
 */
char *tree_new(const char *text);

/** tree_remove - delete the folder and all below it, and free its path */
void tree_remove(char *dir);
