/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_pins - bind the devices of pins to their drivers, as iommuctl-pins.service does at boot */
#pragma once

#include "actions/transaction.h"
#include "model/pin_match.h"

/** struct pin_failure - the pin of that name could not be applied     @why: a clause */
struct pin_failure {
	const char *name, *why;
};

/** struct pin_failures - a list in an arena */
struct pin_failures {
	struct pin_failure *items;
	size_t count, room;
};

/**
 * apply_pins - move each device whose pin wants a change to its driver
 * Devices of one group that go to one driver are one transaction, with all its checks and none
 * waived. A refusal or a failure leaves that group as it was, and the others go on.
 * @matches: of pins_match and pins_refuse, @count of them     @arena: owns the failures
 */
struct pin_failures apply_pins(const struct host *host, const struct pin_match *matches,
			       size_t count, struct arena *arena) _nonnull_();
