/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domain - from groups and a type to the moves that a change of their type needs
 *
 * Pure functions of a snapshot and the memory. The kernel changes the type of a group only while no
 * driver of the host has a member (drivers/iommu/iommu.c: iommu_group_store_type): such members are
 * released, and bound again afterwards. DMA to DMA-FQ needs none of that.
 */
#pragma once

#include "actions/memory.h"
#include "actions/transaction.h"

/**
 * domain_moves - the moves that give the groups of the named devices the type of @request
 * A group that has the type already has none. A named device without a group has one, so that a
 * check can refuse it.
 * @named: a flag for each device, by index     Returns: in @arena.
 */
struct handover domain_moves(const struct request *request, const struct system *system,
			     const bool *named, struct arena *arena);

/**
 * domain_restore - @handover of a restore, and the types that groups of the named devices had
 * before iommuctl first changed them
 */
struct handover domain_restore(struct handover handover, const struct memory *memory,
			       const bool *named, struct arena *arena);
