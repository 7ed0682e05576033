/* SPDX-License-Identifier: GPL-2.0-or-later */
/* new_pins - the pins that "pin" makes of the devices of a rebind; a pure function of the system */
#pragma once

#include "base/error.h"
#include "checks/handover.h"
#include "model/pin.h"

/**
 * struct new_pin - @device: of the system
 * @changed: its file is to be written: there is none, or its text differs
 */
struct new_pin {
	const struct device *device;
	struct pin pin;
	bool changed;
};

/**
 * struct pin_wish - what the pins are to keep     @driver: NULL none
 * @name: of the only pin; NULL: one is chosen for each     @count, @type: as in struct pin
 */
struct pin_wish {
	const char *driver, *name;
	int count;
	const char *type;
};

/** struct new_pins - in the order of the moves */
struct new_pins {
	struct new_pin *items;
	size_t count;
};

/**
 * new_pins_make - a pin for the device of each move; for virtual functions one for the device that
 * has them
 * A device that is pinned already keeps the name of that pin, the serials that cannot be read now,
 * and the lines that this program does not know.
 * @system: read after @handover, with FACT_PINS while the devices are in focus
 * @arena: owns all that is made     @pins: the new ones come after those that it has
 * Returns: 0; ERROR_USAGE for a name that is none, that another device has, or that several devices
 * would get; ERROR_NO_MATCH for a device that is gone.
 */
_must_check_ int new_pins_make(const struct system *system, const struct handover *handover,
			       const struct pin_wish *wish, struct arena *arena,
			       struct new_pins *pins, struct error *e) _nonnull_();
