/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pinning - devices that get pins of one driver: the checks, the pins, and their output */
#pragma once

#include "actions/transaction.h"
#include "commands/new_pins.h"
#include "commands/options.h"

/**
 * struct pinning - free with pinning_free
 * @request: the rebind that the pins stand for; its verb, driver and selectors are set by the
 * caller     @report: of a dry run of it
 * @type: that groups keep, or NULL     @typing: the report of a dry run of that change
 * @system: a later reading, with the serials of the devices
 */
struct pinning {
	const struct host *host;
	const struct options *options;
	struct request request;
	struct report report, typing;
	const char *type;
	const struct system *system;
	struct arena *arena;
};

void pinning_free(struct pinning *pinning);

#define _autopinning_ _cleanup_(pinning_free)

/** pinning_type_request - the request that changes the type which the pins keep */
struct request pinning_type_request(const struct pinning *pinning) _nonnull_();

/**
 * pinning_make - make all checks of the rebind, and the pins of its devices
 * That a device is in use is no refusal without --now, unless the system itself needs it.
 * @pins: gets the pins, after those that it has; they live as long as @pinning
 * Returns: 0; ERROR_REFUSED with the checks printed, or another error of the rebind.
 */
_must_check_ int pinning_make(struct pinning *pinning, struct new_pins *pins, struct error *e)
	_nonnull_();

/**
 * pinning_finish - write the files of the pins that differ from theirs, build the initramfs, and
 * print the pins and which part of the next boot applies each; a dry run only prints
 * @folder: of the files     @arena: owns the texts
 */
_must_check_ int pinning_finish(const struct host *host, const char *folder,
				const struct options *options, const struct new_pins *pins,
				struct arena *arena, struct error *e) _nonnull_();
