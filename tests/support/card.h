/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * card - a PCI device on a machine where all uses can be read, and the uses that it gets
 *
 *     card_expect_use(card_read("class=30000", CARD "/boot_vga = 1\n"), USE_DISPLAY, …);
 */
#pragma once

#include "model/system.h"

/** CARD - the device, 0000:01:00.0 */
#define CARD "/sys/devices/pci0000:00/0000:01:00.0"

/** card_paths - CARD and NULL, for snapshot_about */
extern const char *const card_paths[];

/**
 * card_read - the system with the uses of CARD
 * @driver_and_class: more words of its line in the tree, like "driver=x class=30000"
 * @more: more lines of the tree, as support/tree.h describes
 */
const struct system *card_read(const char *driver_and_class, const char *more);

/** card_of - the device */
const struct device *card_of(const struct system *system);

/** card_expect_use - fails the test unless this is the only use and all are known; frees @system */
void card_expect_use(const struct system *system, enum use_kind kind, const char *node,
		     const char *user, const char *evidence);

/** card_expect_free - fails the test unless it has no uses and all are known; frees @system */
void card_expect_free(const struct system *system);
