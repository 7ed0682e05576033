/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * other_uses - uses of devices without a block device: file systems over a virtio transport or on
 * flash, exported controllers and SCSI devices
 */
#pragma once

#include "sources/usage/below.h"
#include "sources/usage/exports.h"
#include "sources/usage/mounts.h"

/** below_has_transport - true where @below may be mounted although it has no block device */
bool below_has_transport(const struct below *below);

/** transport_uses - add USE_MOUNT and USE_SYSTEM_MOUNT for 9p, virtiofs and UBIFS */
void transport_uses(struct reading *reading, const struct below *below, const struct mounts *mounts,
		    const struct exports *exports);

/** export_uses - add USE_BACKING for exports of nodes and SCSI devices */
void export_uses(struct reading *reading, const struct below *below, const struct exports *exports);
