/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * viability - whether VFIO may give a group to a user now, and which members prevent it
 *
 * Two rules, by kernel. Up to 5.18 (drivers/vfio/vfio.c: vfio_dev_viable) each member must be
 * without a driver, on a VFIO driver or pci-stub, or a bridge. From 5.19 (drivers/iommu/iommu.c:
 * iommu_group_claim_dma_owner) each bound driver must leave DMA to the user ("driver_managed_dma").
 * The kernel does not export which drivers do: they are known by name, or by the vfio-dev entry
 * that they made.
 */
#pragma once

#include "base/answer.h"
#include "model/system.h"

enum viability_rule {
	RULE_OWNERSHIP,	  /* the rule of Linux 5.19 and later */
	RULE_DRIVER_LIST, /* the rule of Linux up to 5.18 */
	RULE_COUNT,
};

/** viability_rule - the rule of the kernel that @system was read from */
enum viability_rule viability_rule(const struct system *system);

/** viability_rule_name - the word of a rule in JSON documents */
const char *viability_rule_name(enum viability_rule rule);

/**
 * device_blocks - true where this member prevents VFIO from serving its group
 * A device without a group blocks nothing.
 */
bool device_blocks(enum viability_rule rule, const struct device *device);

/** group_viable - whether VFIO would accept @group as things are; unknown where the driver of a
 * member could not be read */
enum answer group_viable(enum viability_rule rule, const struct group *group);
