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

/**
 * usage_of_hypervisor - a finding where a hypervisor keeps the IOMMU from this machine, or NULL
 * Neither the firmware setup nor a setting of the kernel helps there.
 */
const struct finding *usage_of_hypervisor(const struct machine *machine) _nonnull_(1);
