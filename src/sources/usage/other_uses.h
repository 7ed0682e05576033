/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * other_uses - uses of what is no block device: file systems over a virtio transport or on flash,
 * exported controllers and SCSI devices, memory that the kernel has taken in
 */
#pragma once

#include "sources/usage/below.h"
#include "sources/usage/exports.h"
#include "sources/usage/mounts.h"

/** below_has_transport - true where a mount may be of @below though it has no block device */
bool below_has_transport(const struct below *below);

/** transport_uses - leaves USE_MOUNT and USE_SYSTEM_MOUNT for 9p, virtiofs and UBIFS */
void transport_uses(struct reading *reading, const struct below *below, const struct mounts *mounts,
		    const struct exports *exports);

/** export_uses - leaves USE_BACKING for exports of nodes and SCSI devices, and for memory */
void export_uses(struct reading *reading, const struct below *below, const struct exports *exports);
