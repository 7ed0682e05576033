/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin_notes - tell which pins give devices back at the next boot that restore has taken from them
 */
#pragma once

#include "commands/options.h"
#include "model/pin_match.h"

/** struct pin_notes - the pins and their devices at one moment; @matches: NULL: they are unknown */
struct pin_notes {
	const struct system *system;
	const struct pin_match *matches;
	struct arena *arena;
};

/**
 * pin_notes_read - read the pins, unless @options want no sentences or change nothing
 * Pins only add a sentence, so a failure to read them is none of restore. Free with pin_notes_free.
 */
struct pin_notes pin_notes_read(const struct options *options);

/** pin_notes_print - a line on standard error for each pin that was satisfied and is not any more
 */
void pin_notes_print(const struct pin_notes *before, const struct pin_notes *after);

void pin_notes_free(struct pin_notes *notes);

#define _autopinnotes_ _cleanup_(pin_notes_free)
