/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream - the IDs under which an IOMMU sees a device */
#pragma once

#include "model/iommu_kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device;
struct iommu;

/** enum stream_kind - stream IDs of an SMMU or virtio-iommu, or requester IDs of PCI */
enum stream_kind {
	STREAM_ID,
	STREAM_REQUESTER_ID,
	STREAM_KIND_COUNT,
};

/** enum stream_source - the table or property that describes a stream */
enum stream_source {
	STREAM_FROM_IOMMUS, /* the stream comes from a devicetree */
	STREAM_FROM_IOMMU_MAP,
	STREAM_FROM_MMU_MASTERS,
	STREAM_FROM_LIODN,
	STREAM_FROM_IORT, /* the stream comes from an ACPI table */
	STREAM_FROM_VIOT,
	STREAM_FROM_DMAR,
	STREAM_FROM_IVRS,
	STREAM_FROM_RIMT,
	/* the stream comes from the device's place on PCI, not from a table */
	STREAM_FROM_TOPOLOGY,
	STREAM_SOURCE_COUNT,
};

/**
 * struct stream - the ID under which an IOMMU sees a device. Derived from firmware: no kernel shows
 * what it programmed.
 * @device: NULL where firmware of another machine is read     @device_name: label, or node path
 * @iommu: NULL where it is not registered     @iommu_name: name, or what firmware calls it; or NULL
 * @iommu_kind: also of an IOMMU that is not registered, where firmware tells it
 * @id: -1 unknown     @mask: bits of @id that match either way (SMMUv1/v2)     @count: from @id on
 * @alias_of: the device's own ID where this one comes from a bridge or a table; -1 its own
 * @spec: raw cells of a devicetree, @spec_count of them
 * @map: the entry of iommu-map that gives the ID, or of a table that is read without its machine,
 * where has_map
 * @available: the device's node and all above it are enabled
 * @observed: a fault in the kernel log shows the ID (model/fault_index.h)
 * @uncovered: no entry of the map covers this ID of the device: it names no IOMMU, and the kernel
 * drops the device's other IDs with it
 * @whole: firmware gives the device no ID, as the IOMMU sees all its devices as one (#iommu-cells
 * is 0): @id is -1
 * @hidden: the device has an ID that no file of the kernel shows (model/mapped_bus.h): @id is -1,
 * and with has_map it is one of those that the entry maps to
 * @selective: on this chip the driver of the IOMMU serves the devices of its own list alone,
 * whatever firmware says (dt_iommu_is_selective)
 * @error: why @id is unknown or the kernel cannot use it, or NULL
 */
struct stream {
	const struct device *device;
	const char *device_name;
	const struct iommu *iommu;
	const char *iommu_name;
	enum iommu_kind iommu_kind;
	enum stream_kind kind;
	enum stream_source source;
	int64_t id, mask, count, alias_of;
	const uint32_t *spec;
	size_t spec_count;
	struct {
		uint32_t rid_base, stream_base, length, mask;
	} map;
	bool has_map, available, observed;
	bool uncovered, hidden, whole, selective;
	const char *error;
};

/** Words of kinds and origins in JSON documents and tables. */
const char *stream_kind_name(enum stream_kind kind);
const char *stream_source_name(enum stream_source source);
