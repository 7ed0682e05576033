/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iommu_compatible - the words in "compatible" by which Linux drivers match the node of an IOMMU
 *
 * All of the of_device_id tables of drivers/iommu and of the drivers elsewhere that register an
 * IOMMU, Linux 5.10 to 7.3. The kernel compares whole words and takes the first word of a node that
 * a driver matches (drivers/of/base.c: __of_match_node): a word for the chip in front of it selects
 * no driver.
 */
#pragma once

#include "base/cleanup.h"
#include "model/iommu_kind.h"

/**
 * struct iommu_compatible - one word of a node's compatible, and the kind that it means
 * @file: of the driver that matches it, or of the binding's user
 * @selective: the driver serves PCI devices and those of a short list alone, though the devicetree
 * names many more: the IPMMUs of R-Car Gen3, Gen4 and RZ/G2 (drivers/iommu/ipmmu-vmsa.c:
 * ipmmu_device_is_allowed). Where it refuses a device, that probes without the IOMMU.
 */
struct iommu_compatible {
	const char *word;
	enum iommu_kind kind;
	const char *file;
	bool selective;
};

/** iommu_compatibles - the table of all compatibles, *ret_count rows */
const struct iommu_compatible *iommu_compatibles(size_t *ret_count) _nonnull_(1);

/** iommu_compatible_find - the row of @word, or NULL */
const struct iommu_compatible *iommu_compatible_find(const char *word) _nonnull_(1);

/** iommu_kind_of_compatible - the kind of IOMMU that @word means, or IOMMU_KIND_UNKNOWN */
enum iommu_kind iommu_kind_of_compatible(const char *word) _nonnull_(1);
