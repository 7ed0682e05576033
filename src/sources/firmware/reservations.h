/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reservations - memory that firmware keeps for the DMA of devices: iommu-addresses of a
 * devicetree, RMRs (IORT), RMRRs (DMAR), unity maps (IVRS)
 *
 * Each adds what its description holds to @build. Of the running machine the kernel's own file,
 * reserved_regions of a group, says what came of it.
 */
#pragma once

#include "firmware/dmar.h"
#include "firmware/iort.h"
#include "firmware/ivrs.h"
#include "firmware/tree.h"
#include "model/build.h"

void reservations_devicetree(struct build *build, const struct tree *tree);
void reservations_iort(struct build *build, const struct iort *iort);
void reservations_dmar(struct build *build, const struct dmar *dmar);
void reservations_ivrs(struct build *build, const struct ivrs *ivrs);
