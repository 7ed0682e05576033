/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage - a machine without IOMMU groups: why, and what to do
 */
#pragma once

#include "checks/finding.h"
#include "model/system.h"

/** usage_advice - for a system without groups; what firmware and the command line say; constants */
struct finding usage_advice(const struct system *system);
