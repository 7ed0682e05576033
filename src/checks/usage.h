/* SPDX-License-Identifier: GPL-2.0-or-later */
/* usage - a machine without IOMMU groups: the reason and the remedy */
#pragma once

#include "checks/finding.h"
#include "model/system.h"

/**
 * usage_advice - a finding for a system without groups, from firmware and the command line; its
 * strings are constants or in @arena
 */
struct finding usage_advice(const struct system *system, struct arena *arena);
