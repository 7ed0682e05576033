/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_rules - the rules by which udev gives a card that is plugged in to the driver of its pin
 *
 * They lie in /run: each boot makes them again, so that a boot without pins has none.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

/** The folder of rules of this boot (udev(7)). */
#define RULES_FOLDER "/run/udev/rules.d"

/** The program that makes udev read its rules. */
#define UDEVADM "/usr/bin/udevadm"

/**
 * udev_rules_store - replace a file of rules, and have udev read them
 * Where they are as they were, nothing is done.
 * @folder, @udevadm, @rules: as of pin_rules_store     @file: a name in the folder
 * Returns: 0, also on a system without udev; a negative errno.
 */
_must_check_ int udev_rules_store(const char *folder, const char *file, const char *udevadm,
				  struct span rules, struct error *e);

/**
 * pin_rules_store - replace the rules, and have udev read them
 * Where they are as they were, nothing is done.
 * @folder: RULES_FOLDER, or that of a test, which is made in an existing folder where it is missing
 * @udevadm: UDEVADM, or that of a test
 * @rules: of pins_write_rules (checks/pin_early.h); empty: the file is removed
 * Returns: 0, also on a system without udev; a negative errno.
 */
_must_check_ int pin_rules_store(const char *folder, const char *udevadm, struct span rules,
				 struct error *e);
