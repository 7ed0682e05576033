/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * moving - a machine made by hand, a request, and the moves that it leads to
 *
 *     moving_add("0000:01:00.0", "e1000e", 0x20000);
 *     moving.named[0] = true;
 *     assert_int_equal(moving_handover().move_count, 1);
 *     … WITH_MOVING(a_test) …
 */
#pragma once

#include "actions/rebind.h"
#include "model/build.h"

/**
 * struct moving - the machine of a test, what iommuctl remembers of it, and the request
 * @build: until the first moving_handover     @request: "rebind" to vfio-pci at first
 * @checks: the answers; none at first     @named: a flag for each device, by index
 */
struct moving {
	struct build *build;
	const struct system *system;
	struct arena *arena;
	struct memory memory;
	struct request request;
	struct checks checks;
	bool named[8];
};

extern struct moving moving;

/** moving_start, moving_end - make a machine without devices, and remove it */
int moving_start(void **state);
int moving_end(void **state);

/** WITH_MOVING - a test between moving_start and moving_end */
#define WITH_MOVING(test) cmocka_unit_test_setup_teardown(test, moving_start, moving_end)

/** moving_add - add a PCI device that can have a driver_override     @driver: NULL none */
struct device *moving_add(const char *name, const char *driver, int class);

/** moving_remember - the driver and the override of a device before iommuctl; NULL is none */
void moving_remember(const char *name, const char *driver, const char *override);

/** moving_handover - the moves of the request; no more devices can be added */
struct handover moving_handover(void);
