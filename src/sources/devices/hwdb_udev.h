/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hwdb_udev - udev's hardware database through libudev
 *
 * For a database whose layout hwdb_bin does not know. The library is loaded only then: linked, it
 * would cost each start of the program as much time as reading a small devicetree.
 */
#pragma once

struct hwdb_udev;

/** hwdb_udev_open - load the library; 0, or -ENOENT where the library or the database is missing */
int hwdb_udev_open(struct hwdb_udev **ret_udev);

/** hwdb_udev_close - close the database; accepts NULL */
void hwdb_udev_close(struct hwdb_udev *udev);

/**
 * hwdb_udev_find - a property of the entries that match @modalias
 * Returns: a string that lives until the next call, or NULL.
 */
const char *hwdb_udev_find(struct hwdb_udev *udev, const char *modalias, const char *property);
