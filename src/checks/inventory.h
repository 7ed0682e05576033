/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inventory - the facts of a machine that are compared with those of another moment
 *
 * A snapshot becomes an inventory (inventory_of), and so does a document of "show -vJ"
 * (views/document.h). Both give the same texts, so that a capture can be compared with a document:
 * texts are escaped as in documents, IOMMUs have their identities and not their names, and lists
 * are sorted.
 *
 * A fact is a text, none, or unknown. An unknown fact is never a difference.
 */
#pragma once

#include "base/arena.h"
#include "checks/hand_over.h"
#include "model/facts.h"
#include "model/system.h"

/** struct fact_text - @text: NULL none or unknown     @unknown: it could not be read */
struct fact_text {
	const char *text;
	bool unknown;
};

enum machine_fact {
	MACHINE_KERNEL,	  /* release and architecture */
	MACHINE_OPTIONS,  /* options of the command line about IOMMUs (model/command_line.h) */
	MACHINE_FIRMWARE, /* "acpi", "devicetree" or "none" */
	MACHINE_USAGE,	  /* whether the kernel uses IOMMUs */
	MACHINE_FACT_COUNT,
};

enum device_fact {
	DEVICE_FACT_DRIVER,
	DEVICE_FACT_OVERRIDE,
	DEVICE_FACT_STATE,
	DEVICE_FACT_DMA,
	DEVICE_FACT_HAND_OVER, /* the verdict; "unusable" where it is given and cannot be used */
	DEVICE_FACT_STREAMS,
	DEVICE_FACT_INTERFACES,
	DEVICE_FACT_COUNT,
};

enum group_fact { GROUP_FACT_TYPE, GROUP_FACT_IOMMUS, GROUP_FACT_REGIONS, GROUP_FACT_COUNT };

/** enum inventory_area - sources that decide whether something that is not listed exists */
enum inventory_area {
	AREA_DEVICES,
	AREA_STABILITY, /* devices were added or removed while they were read */
	AREA_GROUPS,
	AREA_IOMMUS,
	AREA_INTERFACES,
	AREA_FIRMWARE, /* tables or devicetree: streams, and IOMMUs that are not registered */
	AREA_COUNT,
};

/**
 * struct inventory_device - @name: its label     @location: as location_write has it
 * @ids: vendor, device, those of the card, and class of a PCI device, or NULL where unknown or none
 * @firmware_node: or NULL
 * @group: index in inventory->groups, -1 none or, with @group_unknown, unknown
 * @streams_by_address: its stream IDs contain its PCI address, so they change with that
 * @why: a few words about the hand-over verdict, or NULL
 */
struct inventory_device {
	const char *name, *bus, *location, *ids, *firmware_node, *why;
	int group;
	bool group_unknown, streams_by_address;
	struct fact_text facts[DEVICE_FACT_COUNT];
};

/**
 * struct inventory_group - @members: indices in inventory->devices
 * @fingerprint: NULL where a member may be missing
 */
struct inventory_group {
	int id;
	const char *fingerprint;
	const size_t *members;
	size_t member_count;
	bool members_unknown;
	struct fact_text facts[GROUP_FACT_COUNT];
};

/** struct inventory_iommu - @state: its word     @firmware_node: or NULL */
struct inventory_iommu {
	const char *name, *identity, *firmware_node;
	struct fact_text state;
};

/** struct inventory_table - a table of the firmware     @sum: its length and checksum */
struct inventory_table {
	const char *name, *sum;
};

/**
 * struct inventory - @arena owns all texts and lists; the members of @groups are set by
 * inventory_finish     @unread: by enum inventory_area
 * @presence_unknown: devices may exist that are not listed
 */
struct inventory {
	struct arena *arena;
	struct fact_text facts[MACHINE_FACT_COUNT];
	struct inventory_device *devices;
	size_t device_count;
	struct inventory_group *groups;
	size_t group_count;
	struct inventory_iommu *iommus;
	size_t iommu_count;
	struct inventory_table *tables;
	size_t table_count;
	bool tables_unknown, presence_unknown;
	bool unread[AREA_COUNT];
};

/** The facts that a system must have been read with. */
#define INVENTORY_FACTS                                                                      \
	(FACTS_HAND_OVER | FACT_IDS | FACT_GROUP_TYPE | FACT_REGIONS | FACT_OVERRIDE |       \
	 FACT_INTERFACES | FACT_FIRMWARE_NODE | FACT_IOMMUS | FACT_FINGERPRINT | FACT_VFIO | \
	 FACT_DEFERRAL | FACT_STREAMS | FACT_DMA | FACT_ALL_IOMMUS)

/** inventory_of - the inventory of @system, which was read with INVENTORY_FACTS */
_must_check_ struct inventory *inventory_of(const struct system *system);

/** inventory_new - an empty inventory, for a reader of documents */
_must_check_ struct inventory *inventory_new(void);

/** inventory_free - accepts NULL */
void inventory_free(struct inventory *inventory);

/**
 * inventory_note_source - record that a source of that name was not read, or not in full
 * Sources of facts that are not compared are ignored.
 */
void inventory_note_source(struct inventory *inventory, const char *name) _nonnull_();

/**
 * inventory_stream - the text of a stream: "0x100", "0x10/0xf+4" with a mask and a count
 * Its IOMMU is that of the group, which is a fact of its own.
 */
const char *inventory_stream(struct arena *arena, int64_t id, int64_t mask, int64_t count);

/** inventory_list - the texts, sorted and with commas between them; NULL for none; sorts @texts */
const char *inventory_list(struct arena *arena, const char **texts, size_t count);

/**
 * inventory_ids - "8086:10d3:8086:a01f:020000"; NULL where vendor or device is negative
 * @numbers: vendor, device, vendor and device of the card, class; negative where unknown
 */
const char *inventory_ids(struct arena *arena, const int64_t numbers[static 5]);

/**
 * inventory_finish - called when all lists are filled: make the lists of members, and mark the
 * facts as unknown that rest on sources that were not read
 */
void inventory_finish(struct inventory *inventory) _nonnull_();

static inline void cleanup_inventory(struct inventory **inventory)
{
	inventory_free(*inventory);
}

#define _autoinventory_ _cleanup_(cleanup_inventory)
