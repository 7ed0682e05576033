/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wait_explain - reasons why a condition of "wait" does not hold for a device */
#pragma once

#include "base/error.h"
#include "base/root.h"
#include "checks/deferral.h"

/** wait_explain_cause - set *why to the root cause of a deferral, with its evidence and remedy */
void wait_explain_cause(struct error *why, const struct deferral *deferral) _nonnull_();

/** wait_explain_state - set *why to the state of the device, if no cause is known */
void wait_explain_state(struct error *why, const struct device *device) _nonnull_();

/** wait_noiommu - whether VFIO takes devices without an IOMMU (enable_unsafe_noiommu_mode) */
enum answer wait_noiommu(const struct root *root) _nonnull_();
