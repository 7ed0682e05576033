/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dma - whether an IOMMU translates a device's transactions */
#pragma once

#include "model/facts.h"
#include "model/system.h"

/**
 * device_dma - from the group's type; for a device without a group from firmware, where it was read
 * (FACT_STREAMS). A device that firmware assigns to an IOMMU and that runs without a group has lost
 * it: the deferred probe timed out, or another device has its stream ID (an SMMUv3 refuses the
 * second device, which then runs in the address space of the first). In Xen's control domain it is
 * unknown: Xen has the IOMMUs, and their tables may be hidden. So it is for a device that firmware
 * assigns to none where the kernel has IOMMUs without groups (machine->unseen_iommus).
 */
enum device_dma device_dma(const struct system *system, const struct device *device, unsigned facts)
	_nonnull_();

/**
 * dma_is_of_iommu - true for a device that the driver of an IOMMU has: its own accesses are direct,
 * unless firmware puts it behind another one
 */
bool dma_is_of_iommu(const struct device *device) _nonnull_();

/**
 * dma_is_unserved - true for a device that runs without a group because the driver of its IOMMUs,
 * which are ready, serves some devices of the chip alone (stream->selective)
 */
bool dma_is_unserved(const struct device *device) _nonnull_();

/** dma_why_direct - why no IOMMU translates for a device with DMA_DIRECT: a clause about it */
const char *dma_why_direct(const struct device *device) _nonnull_();

/** stream_is_known - true where it is known which transactions are of @stream */
bool stream_is_known(const struct stream *stream) _nonnull_();

/**
 * stream_ignored_bits - the bits of an ID that do not tell two devices apart: the mask of an SMMU;
 * all bits (-1) where the IOMMU has one address space for all its devices
 */
int64_t stream_ignored_bits(const struct stream *stream) _nonnull_();

/** streams_meet - true where both streams match some ID of the same IOMMU */
bool streams_meet(const struct stream *one, const struct stream *other) _nonnull_();
