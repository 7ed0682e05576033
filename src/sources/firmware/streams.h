/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streams - what the sources of streams share
 */
#pragma once

#include "firmware/iort.h"
#include "sources/sources.h"

/** stream_iommu - name the IOMMU of @stream: @iommu where it is registered, else @name */
void stream_iommu(struct stream *stream, const struct iommu *iommu, const char *name);

/**
 * stream_fault - why the kernel cannot use @stream
 * @text: copied: a decoder's text lives in the decoder's arena, which ends before the system
 */
void stream_fault(struct build *build, struct stream *stream, const char *text);

/** function_name - a PCI function as the kernel names it, "0000:01:00.0", in the build's arena */
const char *function_name(struct build *build, unsigned segment, unsigned rid);

/** smmu_name - an SMMU as its driver names the instance, "smmu3.0x…", in the build's arena */
const char *smmu_name(struct build *build, const struct iort_smmu *smmu);

/** streams_devicetree - streams of all devices, from the running kernel's devicetree */
int streams_devicetree(struct reading *reading, struct error *e);

/**
 * streams_acpi - streams of all devices, from IORT, VIOT, DMAR and IVRS; of what no table speaks
 * of, from its place on PCI
 */
int streams_acpi(struct reading *reading, struct error *e);
