/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * viot - the Virtual I/O Translation table: which virtio-iommu a device of a guest is behind
 *
 * The table lists virtio-iommus, as PCI functions or by their registers, and endpoints: ranges of
 * PCI functions and devices with registers, each behind one of them under an endpoint ID.
 *
 * Source: ACPI 6.5, 5.2.34; Linux include/acpi/actbl3.h, drivers/acpi/viot.c.
 */
#pragma once

#include "firmware/bytes.h"

/**
 * struct viot_iommu - a virtio-iommu
 * @offset: of its node in the table     @pci: whether it is a PCI function
 * @segment, @bdf: of a PCI function     @base: address of the registers of any other
 */
struct viot_iommu {
	uint32_t offset;
	bool pci;
	uint16_t segment;
	uint16_t bdf;
	uint64_t base;
};

/**
 * struct viot_range - PCI functions @bdf_first to @bdf_last of each of the segments @segment_first
 * to @segment_last, both inclusive
 * @endpoint: ID of the first; see viot_map_pci for the others
 */
struct viot_range {
	uint32_t offset;
	uint16_t segment_first;
	uint16_t segment_last;
	uint16_t bdf_first;
	uint16_t bdf_last;
	uint32_t endpoint;
	const struct viot_iommu *iommu;
};

/** struct viot_device - a device whose first memory resource starts at @base */
struct viot_device {
	uint32_t offset;
	uint64_t base;
	uint32_t endpoint;
	const struct viot_iommu *iommu;
};

/**
 * struct viot - the table, each list in its order; lives as long as the arena
 * Endpoints that are behind no virtio-iommu of the table are left out, as in the kernel.
 */
struct viot {
	const struct viot_iommu *iommus;
	size_t iommu_count;
	const struct viot_range *ranges;
	size_t range_count;
	const struct viot_device *devices;
	size_t device_count;
	struct acpi_notes notes;
};

/**
 * viot_parse - decode a table
 * @data, @size: the file; not needed afterwards
 * Returns: 0; -EINVAL with @e set (ERROR_MALFORMED) for nodes that leave the table or are too short
 * for their type.
 */
_must_check_ int viot_parse(const void *data, size_t size, struct arena *arena,
			    struct viot *ret_viot, struct error *e) _nonnull_();

/** struct viot_endpoint - the virtio-iommu of a device, and the device's endpoint ID there */
struct viot_endpoint {
	const struct viot_iommu *iommu;
	uint32_t id;
};

/**
 * viot_map_pci - the endpoint of a PCI function
 * @bdf: its requester ID, or one of its DMA aliases (bus << 8 | devfn)
 * Where ranges overlap, the last in the table counts: the kernel puts each in front of its list.
 * Returns: false for functions that no range holds, and for the virtio-iommu itself.
 */
bool viot_map_pci(const struct viot *viot, uint32_t segment, uint16_t bdf,
		  struct viot_endpoint *ret_endpoint) _nonnull_();

/** viot_map_mmio - the endpoint of the device whose first memory resource starts at @base */
bool viot_map_mmio(const struct viot *viot, uint64_t base, struct viot_endpoint *ret_endpoint)
	_nonnull_();
