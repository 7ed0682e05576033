/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_early - the pins that an initramfs and udev may apply, before the native drivers
 *
 * There only the serial in config space can be read, and no use: so a pin waits for the service
 * where only these would tell whether its device is another card, or the boot disk.
 */
#pragma once

#include "base/text.h"
#include "model/pin_match.h"

/**
 * pin_explain_late - why a pin waits for the service, as a clause; NULL: it may be applied early
 * @match: of pins_match_on or pins_match, and judged by pins_refuse; a pin that is off is late
 */
const char *pin_explain_late(const struct pin_match *match) _nonnull_();

/** pins_write_list - the list for the initramfs of all pins that are early; in @arena */
struct span pins_write_list(const struct pin_match *matches, size_t count, struct arena *arena)
	_nonnull_(3);

/** pins_write_rules - the rules of udev of all pins that are early, empty without any; in @arena */
struct span pins_write_rules(const struct pin_match *matches, size_t count, struct arena *arena)
	_nonnull_(3);
