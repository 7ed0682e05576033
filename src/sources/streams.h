/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streams - what the sources of streams share
 */
#pragma once

#include "sources/sources.h"

/** stream_iommu - name the IOMMU of @stream: @iommu where it is registered, else @name */
void stream_iommu(struct stream *stream, const struct iommu *iommu, const char *name);

/** streams_devicetree - streams of all devices, from the running kernel's devicetree */
int streams_devicetree(struct reading *reading, struct error *e);

/**
 * streams_acpi - streams of all devices, from IORT, VIOT, DMAR and IVRS; of what no table speaks
 * of, from its place on PCI
 */
int streams_acpi(struct reading *reading, struct error *e);
