/* SPDX-License-Identifier: GPL-2.0-or-later */
/* early - what lets pins apply before the service: the list in the initramfs, and rules of udev */
#pragma once

#include "actions/pin_boot.h"
#include "commands/look.h"
#include "model/pin_match.h"

/**
 * judged_pins - read the machine, match the pins with it, and refuse those whose device the system
 * needs
 * @catalogue: of the command     @look: freed first; it owns the pins
 * @on: judge as on a boot whose command line does not switch pins off
 * @ret_matches: machine.pin_count of them, in @arena
 */
_must_check_ int judged_pins(const struct options *options, const struct catalogue *catalogue,
			     bool on, struct look *look, struct arena *arena,
			     struct pin_match **ret_matches, struct error *e);

/** pins_find_blind - a source without which it is unknown which device a pin means, or NULL */
const struct source *pins_find_blind(const struct system *system) _nonnull_();

/**
 * early_compile - write the list for an initramfs, and say on standard error which pins are not in
 * it
 * @path: of the file, which is replaced as a whole; "-" is standard output
 * @matches: of judged_pins with @on
 * Returns: 0; a negative errno, with no list written, where a source could not be read: a device
 * that was not seen is no device that is absent.
 */
_must_check_ int early_compile(const struct options *options, const char *path,
			       const struct look *look, const struct pin_match *matches,
			       struct arena *arena, struct error *e);

/** early_store_rules - make the rules of udev as the pins are; a failure is a line of its own */
void early_store_rules(const struct options *options, const struct pin_match *matches, size_t count,
		       struct arena *arena);

/**
 * early_store_pins - change the files of pins, the initramfs unless --no-initramfs is given, and
 * the rules of udev
 * @folder, @changes: as for pin_boot_store (actions/pin_boot.h)
 * @options: with --root, as in tests, the tool is searched below that, and the rules are made there
 */
_must_check_ int early_store_pins(const struct options *options, const char *folder,
				  struct pin_change *changes, size_t count, struct arena *arena,
				  struct error *e);
