/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * class_walk - the interfaces and disks in the folder of one device
 *
 * A class lists those of all devices. Where a reading is limited to some devices, their own folders
 * have the answer, however many the machine has.
 */
#pragma once

#include "sources/sources.h"

/**
 * class_walk - call @each with every interface, disk and the like (class_links.h), and CXL memory,
 * in the folder of a device
 * @path: of the device     @budget: the most folders that it lists, less those that it has listed
 * @each: gets its name, and the path of its folder; the result does not count
 * It enters no folder of another PCI device. That of another device of any bus may be entered, so
 * @each has to look whose an interface is (scope_owner). Failures are noted by the door.
 * Returns: false where the budget did not suffice.
 */
_must_check_ bool class_walk(const struct reading *reading, const char *path, size_t *budget,
			     int (*each)(void *context, const char *name, const char *target),
			     void *context) _nonnull_(1, 2, 3, 4);
