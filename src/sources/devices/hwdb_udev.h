/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hwdb_udev - udev's hardware database through libudev; its only user
 *
 * For a database whose layout hwdb_bin does not know. The library is loaded only then: linked, it
 * would cost each start of the tool as much as a small devicetree takes to read.
 */
#pragma once

struct hwdb_udev;

/** hwdb_udev_open - 0, or -ENOENT where there is no library or no database */
int hwdb_udev_open(struct hwdb_udev **ret_udev);

/** hwdb_udev_close - accepts NULL */
void hwdb_udev_close(struct hwdb_udev *udev);

/**
 * hwdb_udev_find - a property of what matches @modalias
 * Returns: a string that lives until the next question, or NULL.
 */
const char *hwdb_udev_find(struct hwdb_udev *udev, const char *modalias, const char *property);
