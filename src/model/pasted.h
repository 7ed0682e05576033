/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pasted - names of devices and IOMMUs as the kernel log, libvirt and lspci print them
 *
 * The drivers of IOMMUs write the same function in several ways: "[06:00.1]" (DMAR),
 * "device=0000:06:00.1" and "0x06:0x00.1" (AMD-Vi). They name an IOMMU by its device
 * ("arm-smmu-v3.0.auto") or its class entry, whose address may have zeros in front.
 */
#pragma once

#include "model/system.h"

/** struct pci_name - the parts of a PCI function's name; each number is in its range */
struct pci_name {
	uint32_t domain;
	uint8_t bus, slot, function;
};

/**
 * pci_name_parse - a name as the kernel gives it (drivers/pci/pci.c: pci_name), "0000:01:00.0"
 * @text: @length bytes
 * Returns: false for any other form; the domain has 4 to 8 digits, all other numbers as many as
 * above.
 */
bool pci_name_parse(const char *text, size_t length, struct pci_name *ret_name) _nonnull_();

/** pasted_pci - false where @text is no name of a PCI function in any of these forms */
bool pasted_pci(const char *text, struct pci_name *ret_name) _nonnull_();

/** pasted_rid - the requester ID of the function */
uint16_t pasted_rid(struct pci_name name);

/**
 * iommu_is_called - true where @name is the class entry, the device or the firmware node of @iommu
 * @length: of @name. Zeros after "0x" and the case of letters do not count.
 */
bool iommu_is_called(const struct iommu *iommu, const char *name, size_t length) _nonnull_();

/** pasted_same - true where two names of an IOMMU are equal by the rules of iommu_is_called */
bool pasted_same(const char *one, const char *name, size_t length) _nonnull_();

/**
 * stream_is_of - true where @iommu is a name of the stream's IOMMU, or what firmware calls one that
 * is not registered
 * @length: of @iommu
 */
bool stream_is_of(const struct stream *stream, const char *iommu, size_t length) _nonnull_();
