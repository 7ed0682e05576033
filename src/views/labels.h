/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labels - a feature file of Node Feature Discovery: the labels of a Kubernetes node about its
 * IOMMUs
 *
 * A line is "name=value"; the label is feature.node.kubernetes.io/NAME. All names begin with
 * "iommu.". Facts that are unknown have no line, and iommu.unread.SOURCE=STATE says why.
 */
#pragma once

#include "views/briefing.h"

/** labels_put - put all lines; the caller looks for errors of writing */
void labels_put(const struct briefing *briefing) _nonnull_();
