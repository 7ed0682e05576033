/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts - the facts that a caller requests; they decide which files are opened
 *
 * A column declares the facts that it needs, a command adds its own, and system_read reads only
 * those. Group membership and device names are always read.
 */
#pragma once

/*
 * Each fact is a row of one of three lists, by cost. A new fact is one more row and, where it rests
 * on other facts, a row of facts.c.
 */

/* The facts that every JSON document has. */
#define CHEAP_FACTS(ROW)                                              \
	/* vendor, device, class, driver: the uevent file */          \
	ROW(IDS)                                                      \
	/* the domain type of groups */                               \
	ROW(GROUP_TYPE)                                               \
	/* the reserved regions of groups */                          \
	ROW(REGIONS)                                                  \
	/* driver_override */                                         \
	ROW(OVERRIDE)                                                 \
	/* numa_node */                                               \
	ROW(NUMA)                                                     \
	/* vendor and device names from hwdb */                       \
	ROW(NAMES)                                                    \
	/* interfaces and disks: eth0, nvme0n1 */                     \
	ROW(INTERFACES)                                               \
	/* devicetree or ACPI path */                                 \
	ROW(FIRMWARE_NODE)                                            \
	/* the IOMMUs, and the IOMMU of each device */                \
	ROW(IOMMUS)                                                   \
	/* all devices that each IOMMU serves */                      \
	ROW(SERVED)                                                   \
	/* the fingerprint of groups */                               \
	ROW(FINGERPRINT)                                              \
	/* VFIO nodes, and VFIO drivers that are not known by name */ \
	ROW(VFIO)                                                     \
	/* which driverless devices are deferred */                   \
	ROW(DEFERRAL)                                                 \
	/* own disks, boot display, memory mapped 1:1 */              \
	ROW(OBSTACLES)

/* More facts about the devices themselves: with --verbose. */
#define COSTLY_FACTS(ROW)                                                  \
	/* processes that have VFIO nodes open: slow on a busy server */   \
	ROW(HOLDERS)                                                       \
	/* stream IDs from firmware */                                     \
	ROW(STREAMS)                                                       \
	/* size of the IOMMUs, from the kernel log */                      \
	ROW(CAPACITY)                                                      \
	/* modalias, revision, reset methods, virtual functions */         \
	ROW(DETAILS)                                                       \
	/* serial numbers of cards: config space, which only root reads */ \
	ROW(SERIALS)

/* The facts that are read only where a column or a command declares them. */
#define NAMED_FACTS(ROW)                                                                     \
	/* the suppliers that devices wait for; adds devices of any bus */                   \
	ROW(SUPPLIERS)                                                                       \
	/* streams, but only if a device has no group: what its DMA meets depends on them */ \
	ROW(DMA)                                                                             \
	/* IOMMUs that firmware names and that are not registered */                         \
	ROW(ALL_IOMMUS)                                                                      \
	/* IOMMU faults, from the kernel log; marks the streams that they show */            \
	ROW(FAULTS)                                                                          \
	/* the DMA masks of devices, if the log has a fault */                               \
	ROW(DMA_MASKS)                                                                       \
	/* what DMA the machine's settings let through; which PCI devices are removable */   \
	ROW(PROTECTION)                                                                      \
	/* which PCI devices answer, and which have no power */                              \
	ROW(PRESENCE)                                                                        \
	/* the pins, and the serials of devices that they may mean */                        \
	ROW(PINS)                                                                            \
	/* how many virtual functions PCI devices can have, and have */                      \
	ROW(SRIOV)                                                                           \
	/* The facts from here on are about the devices in focus alone (sources/read.h). */  \
	/* mounts, addresses, processes and other uses */                                    \
	ROW(USES)                                                                            \
	/*                                                                                   \
	 * what decides whether they can be handed over; the machine's too.                  \
	 * Without a focus: of members of groups that have several, to say why               \
	 * these are so large; with streams where topology cannot                            \
	 */                                                                                  \
	ROW(TRAITS)                                                                          \
	/* their present drivers, and the driver that they will get with its modules */      \
	ROW(DRIVERS)

#define FACTS(ROW) CHEAP_FACTS(ROW) COSTLY_FACTS(ROW) NAMED_FACTS(ROW)

#define FACT_NUMBER_OF(fact) FACT_NUMBER_##fact,
#define FACT_OF(fact) FACT_##fact = 1 << FACT_NUMBER_##fact,
#define FACT_OR(fact) | FACT_##fact

enum fact_number { FACTS(FACT_NUMBER_OF) FACT_COUNT };

enum facts {
	FACTS(FACT_OF)

	/* all cheap facts: the default of JSON documents */
	FACTS_CHEAP = 0 CHEAP_FACTS(FACT_OR),
	/* all facts about the devices themselves */
	FACTS_ALL = FACTS_CHEAP COSTLY_FACTS(FACT_OR),
	/* the facts that decide which buses are read: devices behind an IOMMU may have no group */
	FACTS_BUSES = FACT_STREAMS | FACT_DMA,
	/*
	 * the facts of devices with a group that rest on nothing but these devices, the members of
	 * their groups and the IOMMUs of these: no other device has to be read
	 */
	FACTS_SCOPED = FACT_IDS | FACT_GROUP_TYPE | FACT_REGIONS | FACT_OVERRIDE | FACT_NUMA |
		       FACT_NAMES | FACT_INTERFACES | FACT_FIRMWARE_NODE | FACT_IOMMUS |
		       FACT_FINGERPRINT | FACT_VFIO | FACT_DEFERRAL | FACT_HOLDERS | FACT_DMA |
		       FACT_DETAILS | FACT_SERIALS | FACT_OBSTACLES,
	/*
	 * the facts that checks need of the devices in focus and of those that scope.h adds to
	 * them; a source that needs another device then has all read again. Of the streams, those
	 * of these devices are read: that no other device shares one is not known.
	 */
	FACTS_CHECKED = FACT_USES | FACT_TRAITS | FACT_DRIVERS | FACT_STREAMS,
	/*
	 * the facts that findings of doctor about the devices in focus need beside those; where
	 * another device may be in such a finding (scope_suffices), all is read again
	 */
	FACTS_EXAMINED = FACT_SUPPLIERS | FACT_CAPACITY | FACT_FAULTS | FACT_DMA_MASKS |
			 FACT_ALL_IOMMUS | FACT_PROTECTION | FACT_PRESENCE | FACT_PINS,
};

#undef FACT_NUMBER_OF
#undef FACT_OF
#undef FACT_OR

/** facts_with_prerequisites - @facts and all facts that they require (the table in facts.c) */
unsigned facts_with_prerequisites(unsigned facts);
