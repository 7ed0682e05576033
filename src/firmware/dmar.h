/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dmar - the DMA Remapping table: which unit translates a device of an Intel machine
 *
 * The table lists remapping units (DRHD), each with the scopes it covers: endpoints, bridges with
 * all below them, devices of the ACPI namespace, or all devices of its segment that no other unit
 * names. It also lists memory that must stay mapped 1:1 for some devices (RMRR). Units see PCI
 * devices under their requester ID; namespace devices under the bus, device and function of their
 * scope.
 *
 * Source: Intel VT-d specification, chapter 8; Linux include/acpi/actbl1.h,
 * drivers/iommu/intel/dmar.c and iommu.c.
 */
#pragma once

#include "firmware/bytes.h"

/** enum dmar_scope_type - the numbers in the table; scopes with other numbers cover no device */
enum dmar_scope_type {
	DMAR_SCOPE_ENDPOINT = 1,
	DMAR_SCOPE_BRIDGE = 2,
	DMAR_SCOPE_IOAPIC = 3,
	DMAR_SCOPE_HPET = 4,
	DMAR_SCOPE_NAMESPACE = 5,
};

/** struct dmar_hop - one step of a scope's path */
struct dmar_hop {
	uint8_t device;
	uint8_t function;
};

/**
 * struct dmar_scope - a device that a unit covers, or a device that memory is reserved for
 * @offset: in the table     @enumeration_id: of an IOAPIC, HPET or namespace device
 * @bus: root bus where @path starts     @path: down to the device, @depth steps
 */
struct dmar_scope {
	uint32_t offset;
	uint8_t type;
	uint8_t enumeration_id;
	uint8_t bus;
	const struct dmar_hop *path;
	size_t depth;
};

/** struct dmar_scopes - a list of scopes in the order of the table */
struct dmar_scopes {
	const struct dmar_scope *list;
	size_t count;
};

/**
 * struct dmar_unit - a remapping unit (DRHD)
 * @base: physical address of its registers, not 0; /sys/class/iommu/dmarN/intel-iommu/address
 * @include_all: it covers all devices of its segment that no other unit covers
 */
struct dmar_unit {
	uint32_t offset;
	uint16_t segment;
	uint64_t base;
	bool include_all;
	struct dmar_scopes scopes;
};

/** struct dmar_memory - reserved memory (RMRR), bytes @base to @limit, inclusive */
struct dmar_memory {
	uint32_t offset;
	uint16_t segment;
	uint64_t base;
	uint64_t limit;
	struct dmar_scopes scopes;
};

/** struct dmar_named - a device of the ACPI namespace (ANDD); @number: its enumeration_id */
struct dmar_named {
	uint32_t offset;
	uint8_t number;
	const char *path;
};

/**
 * struct dmar - the table; lives as long as the arena
 * @address_width: of the machine's physical addresses, in bits
 * @interrupt_remapping: whether the units can remap interrupts
 * @units: in the order in which the kernel searches them: units with scopes from the last in the
 * table to the first, then units with @include_all from first to last. A unit with the segment and
 * address of an earlier unit is left out.
 */
struct dmar {
	unsigned address_width;
	bool interrupt_remapping;
	const struct dmar_unit *const *units;
	size_t unit_count;
	const struct dmar_memory *memory;
	size_t memory_count;
	const struct dmar_named *named;
	size_t named_count;
	struct acpi_notes notes;
};

enum {
	/** the most remapping units that the kernel accepts (DMAR_UNITS_SUPPORTED) */
	DMAR_UNITS_MAX = 1024,
};

/**
 * dmar_parse - decode a table
 * @data, @size: the file; not needed afterwards
 * Scopes of ATSR, SATC and SIDP structures are checked and then dropped.
 * Returns: 0; -EINVAL with @e set (ERROR_MALFORMED) for structures that leave the table, for scopes
 * that leave their structure, for either that is too short for its type, and for faults that make
 * the kernel give up: an address width below 12 bits, a unit at address 0, more than DMAR_UNITS_MAX
 * units, an ANDD whose name no NUL ends.
 */
_must_check_ int dmar_parse(const void *data, size_t size, struct arena *arena,
			    struct dmar *ret_dmar, struct error *e) _nonnull_();

/** struct pci_hop - one PCI function on the path to a device, and the bus it is on */
struct pci_hop {
	uint8_t bus;
	uint8_t device;
	uint8_t function;
};

/**
 * struct pci_path - where a PCI device sits
 * @hops: from the function on the root bus down to the device itself; @depth of them, at least one.
 * A virtual function has the path of its physical function.
 */
struct pci_path {
	uint32_t segment;
	const struct pci_hop *hops;
	size_t depth;
};

/**
 * dmar_find_unit - the unit that translates a PCI device
 * A scope of type bridge covers all devices below the bridge. Broken firmware gives a device's own
 * bus instead of the root bus, so a path of one step is also compared with the device's own bus.
 * This function does not know whether @path ends in a bridge, so a scope that names the last device
 * of @path counts, whatever its type.
 * Returns: a unit, or NULL; always NULL for segments beyond 0xffff (behind a VMD).
 */
const struct dmar_unit *dmar_find_unit(const struct dmar *dmar, const struct pci_path *path)
	_nonnull_();

/**
 * dmar_may_map_direct - true where the kernel may map reserved memory (RMRR) 1:1 for a PCI device
 * It does so for the device of an endpoint scope, and for the devices below that of a bridge scope.
 * For the latter it compares bus numbers without their segments
 * (drivers/iommu/intel/iommu.c: is_downstream_to_pci_bridge), so with a bridge scope this is true
 * for every device. It finds no device for scopes of other types.
 */
bool dmar_may_map_direct(const struct dmar *dmar, const struct pci_path *path) _nonnull_();

/**
 * dmar_find_named - the unit that translates a device of the ACPI namespace
 * @name: its full path in the ACPI namespace, from the file firmware_node/path
 * @ret_source: the ID under which the unit sees it, bus << 8 | device << 3 | function
 * Returns: a unit, or NULL.
 */
const struct dmar_unit *dmar_find_named(const struct dmar *dmar, const char *name,
					uint16_t *ret_source) _nonnull_();
