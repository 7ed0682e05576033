/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault_match - which device or stream a fault of the kernel log is about
 *
 * Drivers of Intel and AMD log the function that a requester ID stands for, drivers of SMMUs the
 * stream ID. A log without a PCI segment (Intel before 7.x) means any segment.
 */
#pragma once

#include "model/fault.h"
#include "model/system.h"

/** fault_names_device - true where the line of @fault names @device itself */
bool fault_names_device(const struct fault *fault, const struct device *device) _nonnull_();

/** fault_is_of_stream - true where the ID of @fault is one of @stream, of the same IOMMU */
bool fault_is_of_stream(const struct fault *fault, const struct stream *stream) _nonnull_();

/**
 * fault_is_of_alias - true where @device, a PCI function, also sends under the ID of the function
 * that @fault names (model/pci_alias.h)
 */
bool fault_is_of_alias(const struct fault *fault, const struct device *device) _nonnull_();
