/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compared - two machines as trees, and the differences between their inventories
 *
 *     assert_differences(USUAL, KERNEL("7.3", "") GROUPS REST, "note kernel machine");
 *     … return cmocka_run_group_tests(tests, open_arena, close_arena); …
 *
 * The results live in arena (support/arena.h), but those of compared_inventory do not.
 */
#pragma once

#include "checks/differences.h"
#include "support/arena.h"

/** USUAL - a machine with a card and a disk behind two ports. A test may replace a part of it. */
#define KERNEL(release, options)                                                     \
	"/proc/sys/kernel/osrelease = " release "\n/proc/sys/kernel/arch = x86_64\n" \
	"/proc/cmdline = quiet secret=1" options                                     \
	"\n/sys/kernel/debug/devices_deferred = \n/sys/firmware/acpi/tables/\n"
#define PORTS                                                                               \
	"pci 0000:00:01.0 in pci0000:00 group=0 driver=pcieport id=8086:1901 class=60400\n" \
	"pci 0000:00:02.0 in pci0000:00 group=0 driver=pcieport id=8086:1905 class=60400\n"
#define CARD(bus, rest) "pci 0000:" bus ":00.0 in pci0000:00/0000:00:01.0 " rest "\n"
#define DISK(bus, rest) "pci 0000:" bus ":00.0 in pci0000:00/0000:00:02.0 " rest "\n"
#define NIC "driver=e1000e id=8086:10D3 class=20000"
#define NVME "driver=nvme id=144D:A808 class=10802"
#define DMAR                                                           \
	"iommu dmar0 address=fed90000 serves=/sys/devices/pci0000:00/" \
	"0000:00:01.0/0000:01:00.0,/sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0\n"
#define GROUPS "group 0 type=DMA\ngroup 1 type=DMA\ngroup 2 type=DMA\n"
#define REST CARD("01", "group=1 " NIC) DISK("02", "group=2 " NVME) PORTS DMAR
#define USUAL KERNEL("6.12", "") GROUPS REST

/** compared_inventory - the inventory of a tree, to be freed with inventory_free */
struct inventory *compared_inventory(const char *tree);

/** compared_trees - the differences between two machines; their findings name no devices */
struct differences compared_trees(const char *before, const char *after);

/** compared_words - "severity kind subject; …" */
const char *compared_words(struct differences differences);

/** compared_find - the first difference of that kind; fails the test where there is none */
const struct difference *compared_find(struct differences differences, enum difference_kind kind);

/** assert_differences - fails the test unless compared_words of two machines are @wanted */
void assert_differences(const char *before, const char *after, const char *wanted);

/** assert_difference_says - fails the test unless the message of the first of @kind is @wanted */
void assert_difference_says(const char *before, const char *after, enum difference_kind kind,
			    const char *wanted);
