/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * traits - properties that decide whether a device can be handed over, and how large its group is
 */
#pragma once

#include "base/answer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The PCIe port types that are used; the numbers are those of the PCI Express capability. */
enum pcie_type {
	PCIE_NONE = -1, /* conventional PCI, or an unknown port type: see traits.config_error */
	PCIE_ENDPOINT = 0,
	PCIE_LEGACY_ENDPOINT = 1,
	PCIE_ROOT_PORT = 4,
	PCIE_UPSTREAM = 5,
	PCIE_DOWNSTREAM = 6,
	PCIE_TO_PCI = 7,
	PCI_TO_PCIE = 8,
	PCIE_ROOT_COMPLEX_ENDPOINT = 9,
	PCIE_EVENT_COLLECTOR = 10,
};

/**
 * struct traits - of one device in focus, or of a bridge above one; read with FACT_TRAITS
 * Without a focus, and without FACT_DETAILS, only what explains large groups is read: the members
 * from @header_type to @config_error, and @physical_function.
 * @inode: of its folder in sysfs: no second device of this boot has it (root_inode); 0 unknown
 * @has_override: its bus has driver_override
 * @header_type: PCI, 0 endpoint, 1 bridge; -1 unknown     @multifunction: bit 7 of it
 * @answers: config space does not read as all ones; unknown where it was not read
 * @pcie: type of its port; PCIE_NONE where it has no such capability
 * @acs_present, @acs_controls: the ACS capability, and the enabled bits among those that it
 * supports, as in include/uapi/linux/pci_regs.h; @acs_present is unknown without root
 * @acs_capable: the bits that it supports
 * @config_error: why config space could not be read (in full), or NULL
 * @reset_methods: as sysfs has them ("flr bus"); "" none; NULL the kernel does not say
 * @can_reset: yes where there are such methods, or the file reset of a kernel that names none
 * @d3cold_allowed: may be powered off while idle     @power_state: "D0", "D3hot", …; or NULL
 * @physical_function: path of the PF of a virtual function, or NULL
 * @virtual_functions: how many it has
 * @functions_unknown: whether it is or has virtual functions could not be read
 * @claims: names of modules (or code built in under such a name) that claim its modalias, where
 * @claims_known: not for a device that goes to a VFIO driver
 * @compatible: first word of a devicetree node's compatible, or NULL
 */
struct traits {
	uint64_t inode;
	enum answer has_override;
	int header_type;
	enum answer multifunction, answers;
	enum pcie_type pcie;
	enum answer acs_present;
	uint16_t acs_capable, acs_controls;
	const char *config_error;
	const char *reset_methods;
	enum answer can_reset;
	enum answer d3cold_allowed;
	const char *power_state;
	const char *physical_function;
	size_t virtual_functions;
	bool functions_unknown;
	const char *const *claims;
	size_t claim_count;
	bool claims_known;
	const char *compatible;
};
