/* SPDX-License-Identifier: GPL-2.0-or-later */
/* streams - functions that the sources of streams share */
#pragma once

#include "sources/sources.h"

/**
 * streams_doubt - mark the streams of @device as unknown: a bridge may change its IDs
 * @why: the unknown fact; a string that outlives the snapshot
 */
void streams_doubt(struct build *build, const struct device *device, const char *why);

/** stream_iommu - name the IOMMU of @stream: @iommu where it is registered, else @name */
void stream_iommu(struct stream *stream, const struct iommu *iommu, const char *name);

/**
 * stream_fault - set the reason why the kernel cannot use @stream
 * @text: copied, as a decoder's text is in the decoder's arena, which is freed before the system
 */
void stream_fault(struct build *build, struct stream *stream, const char *text);

/** function_name - the kernel's name of a PCI function, "0000:01:00.0", in the build's arena */
const char *function_name(struct build *build, unsigned segment, unsigned rid);

/** streams_devicetree - streams of all devices, from the running kernel's devicetree */
_must_check_ int streams_devicetree(struct reading *reading, struct error *e);

/**
 * streams_acpi - streams of all devices, from the ACPI tables that describe IOMMUs; for a PCI
 * device that no table lists, from its place on PCI
 */
_must_check_ int streams_acpi(struct reading *reading, struct error *e);
