/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin - the parts of "pin", "unpin" and "pins" that tests run on a machine with a fake kernel */
#pragma once

#include "actions/pin_store.h"
#include "actions/transaction.h"
#include "commands/options.h"

/**
 * pin_on - "pin" on a given host
 * @folder: where the files of pins are written     @options: its last argument is the driver
 * Returns: 0, or the positive exit status of the rebind of --now; a negative errno.
 */
_must_check_ int pin_on(const struct host *host, const char *folder, const struct options *options,
			struct error *e) _nonnull_();

/** unpin_in - "unpin" with the files of @folder */
_must_check_ int unpin_in(const char *folder, const struct options *options, struct error *e)
	_nonnull_();

/**
 * pins_on - "pins", with --apply on a given host
 * @host: NULL: nothing is applied
 */
_must_check_ int pins_on(const struct host *host, const struct options *options, struct error *e)
	_nonnull_(2, 3);

/** pin_change_kind - the keys of the document of "pin" and "unpin" */
extern const struct document_kind pin_change_kind;

/**
 * pin_print_all - the document of "pin" and "unpin": all pins, as "pins" has them
 * @changes: those that were made, or would be; @before is set in each (commands/pin_files.h)
 */
_must_check_ int pin_print_all(const struct options *options, const struct pin_change *changes,
			       size_t count, struct error *e) _nonnull_(1, 4);

/** pin_check_root - ERROR_PERMISSION unless this process may change pins */
_must_check_ int pin_check_root(const struct options *options, struct error *e) _nonnull_();
