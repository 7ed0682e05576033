/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin_refusal - devices that no pin may take, as the system would be lost with them */
#pragma once

#include "checks/check.h"
#include "model/pin_match.h"

/**
 * pin_wants_change - true in the states in which a pin would change the driver of its device:
 * pending, moved and group_changed
 */
bool pin_wants_change(const struct pin_match *match) _nonnull_();

/**
 * pin_is_refused_by - true for an answer that no pin passes and nothing waives: the device holds
 * the system disk, swap space, the console or the boot display, or that could not be read
 */
bool pin_is_refused_by(const struct check *check) _nonnull_();

/**
 * pins_refuse - set the state PIN_REFUSED of matches whose device holds the system disk, swap
 * space, the kernel's console or the boot display
 * @system: read with FACT_USES for the devices of all matches for which pin_wants_change is true
 */
void pins_refuse(const struct system *system, struct pin_match *matches, size_t count,
		 struct arena *arena) _nonnull_();
