/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faults - the IOMMU faults of the kernel log: their devices, their meaning and what to try
 *
 * Pure functions of a system that was read with FACT_FAULTS. FACT_REGIONS and FACT_DMA_MASKS judge
 * the address, FACT_IDS finds devices that send under another function's ID.
 */
#pragma once

#include "checks/finding.h"
#include "model/system.h"

/** enum fault_link - how the devices of a fault were found */
enum fault_link {
	FAULT_UNLINKED,	 /* no device is known for it */
	FAULT_BY_NAME,	 /* the line names the device */
	FAULT_BY_STREAM, /* firmware says that the devices send under the ID */
	FAULT_BY_ALIAS,	 /* a quirk: the device also sends under the ID of a function beside it */
	FAULT_LINK_COUNT,
};

/**
 * struct fault_entry - one fault, or all that differ only in address and time
 * @devices: all that it may be, @device_count of them, in the order of the system; more than one
 * cannot be told apart
 * @device: the only one, or NULL     @group: of all of them, or NULL
 * @iommu: the registered IOMMU, or NULL     @iommu_name: its name, else as the line has it, or NULL
 * @subject: the device's label, else what the line says of it
 * @place: the region or limit that the address touches, or NULL
 * @meaning: what usually causes such a fault     @remedy: what to try, or NULL
 */
struct fault_entry {
	const struct fault *fault;
	const struct device **devices;
	size_t device_count;
	enum fault_link link;
	const struct device *device;
	const struct group *group;
	const struct iommu *iommu;
	const char *iommu_name;
	const char *subject;
	const char *place;
	const char *meaning;
	const char *remedy;
};

/** struct fault_entries - @unlinked: faults of no known device, also of those left out */
struct fault_entries {
	struct fault_entry *items;
	size_t count;
	size_t unlinked;
};

/** fault_entry_of - the entry of one fault, which may come from elsewhere than the system */
struct fault_entry fault_entry_of(const struct system *system, const struct fault *fault,
				  struct arena *arena);

/** fault_entries_of - the entries of @count faults, which may come from elsewhere than the system
 */
struct fault_entries fault_entries_of(const struct system *system, const struct fault *faults,
				      size_t count, struct arena *arena);

/**
 * fault_entry_is_chosen - true where the fault may be of a chosen device
 * @chosen: a flag for each device of the system, by index; NULL: all are chosen
 */
bool fault_entry_is_chosen(const struct fault_entry *entry, const bool *chosen);

/**
 * fault_entries - the faults of the system, in the order of the log
 * @chosen: as above
 */
struct fault_entries fault_entries(const struct system *system, const bool *chosen,
				   struct arena *arena);

/** faults_findings - a finding for each device and kind of fault, worst first; in @arena */
struct findings faults_findings(const struct fault_entries *entries, struct arena *arena);

/**
 * faults_blind - the source that could not be read and might show more faults; NULL: none
 * @chosen: as above: with it, a fault whose device is not known may be of a chosen device
 */
const struct source *faults_blind(const struct system *system, const struct fault_entries *entries,
				  const bool *chosen);
