/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hwdb_bin - udev's compiled hardware database, read where it is used
 *
 * libudev answers a modalias by matching it against every pattern, 16 to 19 µs each: for a thousand
 * devices that takes longer than reading the devices. The names of PCI devices have literal keys
 * ("pci:v00008086d000010D3*"), which a walk down the trie finds in half a microsecond. If the
 * file's layout is unknown, the caller uses libudev.
 *
 * Not found: names from an administrator's own pattern with a wildcard in the middle. Layout:
 * systemd, src/libsystemd/sd-hwdb/hwdb-internal.h.
 */
#pragma once

#include "base/root.h"
#include "base/text.h"

struct hwdb_bin;

/**
 * hwdb_bin_open - open the database below @root
 * Returns: 0; -ENOENT where there is none; -EPROTO for an unknown layout.
 */
int hwdb_bin_open(const struct root *root, struct hwdb_bin **ret_bin);

/** hwdb_bin_parse - hwdb_bin_open for bytes in memory, which must outlive the result */
int hwdb_bin_parse(const void *bytes, size_t length, struct hwdb_bin **ret_bin);

void hwdb_bin_close(struct hwdb_bin *bin);

/** hwdb_bin_cause - the negative errno of the first read that failed, or 0 */
int hwdb_bin_cause(const struct hwdb_bin *bin);

/**
 * hwdb_bin_find - a property of one literal key
 * @key: a whole pattern, such as "pci:v00008086*"     @property: such as "ID_VENDOR_FROM_DATABASE"
 * Returns: a string that lives until the next call, or NULL.
 */
const char *hwdb_bin_find(struct hwdb_bin *bin, const char *key, const char *property);
