/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts - the facts that a caller requests; they decide which files are opened
 *
 * A column declares the facts that it needs, a command adds its own, and system_read reads only
 * those. Group membership and device names are always read.
 */
#pragma once

enum facts {
	FACT_IDS = 1 << 0,	     /* fact: vendor, device, class, driver (the uevent file) */
	FACT_GROUP_TYPE = 1 << 1,    /* fact: the domain type of groups */
	FACT_REGIONS = 1 << 2,	     /* fact: the reserved regions of groups */
	FACT_OVERRIDE = 1 << 3,	     /* fact: driver_override */
	FACT_NUMA = 1 << 4,	     /* fact: numa_node */
	FACT_NAMES = 1 << 5,	     /* fact: vendor and device names from hwdb */
	FACT_INTERFACES = 1 << 6,    /* fact: interfaces and disks: eth0, nvme0n1, … */
	FACT_FIRMWARE_NODE = 1 << 7, /* fact: devicetree or ACPI path */
	FACT_IOMMUS = 1 << 8,	     /* fact: the IOMMUs, and the IOMMU of each device */
	FACT_FINGERPRINT = 1 << 9,   /* fact: the fingerprint of groups */
	/* fact: VFIO nodes, and VFIO drivers that are not known by name */
	FACT_VFIO = 1 << 10,
	FACT_DEFERRAL = 1 << 11, /* fact: which driverless devices are deferred */
	/* fact: processes that have VFIO nodes open; expensive on a busy server */
	FACT_HOLDERS = 1 << 12,
	FACT_STREAMS = 1 << 13,	 /* fact: stream IDs from firmware */
	FACT_CAPACITY = 1 << 14, /* fact: size of the IOMMUs, from the kernel log */
	/* fact: streams, but only if a device with a driver has no group */
	FACT_LOST = 1 << 16,
	/* fact: what devices wait for; also adds devices of any bus */
	FACT_SUPPLIERS = 1 << 15,

	/* The facts from here on are about the devices in focus alone (sources/read.h). */
	FACT_USES = 1 << 17,   /* fact: mounts, addresses, processes and other uses */
	FACT_TRAITS = 1 << 18, /* what decides whether they can be handed over; the machine's too.
				* Without a focus: of members of groups that have several, to say
				* why these are so large; with streams where topology cannot */
	/*
	 * fact: the present drivers of these devices, and the driver that they will get with its
	 * modules
	 */
	FACT_DRIVERS = 1 << 19,
	/* fact: streams, but only if a device has no group: what its DMA meets depends on them */
	FACT_DMA = 1 << 20,

	/* the facts that decide which buses are read: devices behind an IOMMU may have no group */
	FACTS_BUSES = FACT_STREAMS | FACT_LOST | FACT_DMA,

	/* all cheap facts: the default of JSON documents */
	FACTS_CHEAP = (1 << 12) - 1,
	/* all facts about the devices themselves */
	FACTS_ALL = (1 << 15) - 1,
};

/** facts_with_prerequisites - @facts and all facts that they require (the table in facts.c) */
unsigned facts_with_prerequisites(unsigned facts);
