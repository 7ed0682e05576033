/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch - the part of "watch" that tests run with events of their own */
#pragma once

#include "base/root.h"
#include "commands/options.h"
#include "sources/devices/uevents.h"

/**
 * watch_machine - print a line for each change, until the number or the time of @options is over
 * @uevents: closed in the end; NULL: the timer alone is a reason to look
 * @log: of log_ring_open, closed in the end; negative: faults are no events
 * Returns: 0 after --count events; the exit status of a time-out; a negative errno.
 */
_must_check_ int watch_machine(const struct options *options, const struct root *root,
			       struct uevents *uevents, int log, struct error *e)
	_nonnull_(1, 2, 5);
