/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage - a machine without IOMMU groups: why, and what to do
 */
#pragma once

#include "model/system.h"

/** struct advice - two sentences; constants */
struct advice {
	const char *message;
	const char *remedy;
};

/** usage_advice - for a system without groups; what firmware and the command line say */
struct advice usage_advice(const struct system *system);
