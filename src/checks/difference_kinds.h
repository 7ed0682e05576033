/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * difference_kinds - the kinds of differences between two moments
 *
 * The one table for diff, its documents, --ignore, the completions and watch; a test compares the
 * manual with it.
 */
#pragma once

/**
 * ROW(ID, word, CODE, help)
 * @word: of differences[].kind and --ignore     @CODE: its finding, without CODE_
 * @help: one line for "--ignore help"
 * The order is that of reports: what may be the reason comes first.
 */
#define DIFFERENCE_KINDS(ROW)                                                                     \
	ROW(KERNEL, "kernel", KERNEL_CHANGED, "release or architecture of the kernel")            \
	ROW(COMMAND_LINE, "command_line", COMMAND_LINE_CHANGED,                                   \
	    "options of the kernel's command line about IOMMUs, groups or drivers")               \
	ROW(FIRMWARE, "firmware", FIRMWARE_CHANGED,                                               \
	    "kind of firmware, or a table about IOMMUs, by its checksum")                         \
	ROW(USAGE, "iommu_use", USAGE_CHANGED, "whether the kernel uses IOMMUs")                  \
	ROW(IOMMU_GONE, "iommu_gone", IOMMU_GONE, "an IOMMU that is gone")                        \
	ROW(IOMMU_CAME, "iommu_came", IOMMU_CAME, "an IOMMU that is new")                         \
	ROW(IOMMU_STATE, "iommu_state", IOMMU_STATE_CHANGED, "state of an IOMMU")                 \
	ROW(DEVICE_GONE, "device_gone", CHANGE_DEVICE_GONE, "a device that is gone")              \
	ROW(DEVICE_CAME, "device_came", CHANGE_DEVICE_CAME, "a device that is new")               \
	ROW(REPLACED, "replaced", DEVICE_REPLACED, "another device in the same place")            \
	ROW(MOVED, "moved", DEVICE_MOVED, "the same device in another place")                     \
	ROW(ADDRESS, "address", CHANGE_ADDRESS, "name of a device: the numbers of PCI buses")     \
	ROW(GROUP_GONE, "group_gone", CHANGE_GROUP_GONE, "a group that is gone (watch)")          \
	ROW(RENUMBERED, "renumbered", CHANGE_RENUMBERED, "number of a group")                     \
	ROW(GROUP_CAME, "group_came", GROUP_CAME, "a group that is new (watch)")                  \
	ROW(MEMBERS, "members", CHANGE_MEMBERS, "members of a group")                             \
	ROW(GROUP_LOST, "group_lost", GROUP_LOST, "a device that is in no group any more")        \
	ROW(GROUP_GAINED, "group_gained", CHANGE_GROUP_GAINED, "a device that is in a group now") \
	ROW(TYPE, "type", CHANGE_TYPE, "type of a group's default domain")                        \
	ROW(IOMMU, "iommu", CHANGE_IOMMU, "the IOMMUs of a group")                                \
	ROW(REGIONS, "reserved_regions", REGIONS_CHANGED, "reserved regions of a group")          \
	ROW(DRIVER, "driver", CHANGE_DRIVER, "driver of a device")                                \
	ROW(OVERRIDE, "driver_override", OVERRIDE_CHANGED, "driver_override of a device")         \
	ROW(STATE, "state", STATE_CHANGED, "whether a device is deferred")                        \
	ROW(DMA, "dma", DMA_CHANGED, "whether the DMA of a device is translated")                 \
	ROW(STREAMS, "streams", CHANGE_STREAMS, "stream or requester IDs of a device")            \
	ROW(HAND_OVER, "hand_over", HAND_OVER_CHANGED, "whether a device can be handed over")     \
	ROW(INTERFACES, "interfaces", INTERFACES_CHANGED,                                         \
	    "names of a device's interfaces and disks")

#define DIFFERENCE_OF_ROW(id, word, code, help) DIFFERENCE_##id,

enum difference_kind { DIFFERENCE_KINDS(DIFFERENCE_OF_ROW) DIFFERENCE_KIND_COUNT };

#undef DIFFERENCE_OF_ROW

/** difference_kind_name - its word */
const char *difference_kind_name(enum difference_kind kind);

/** difference_kind_help - its line of "--ignore help" */
const char *difference_kind_help(enum difference_kind kind);
