/* SPDX-License-Identifier: GPL-2.0-or-later */
/* briefing - the common part of commands that tell other programs about the machine */
#pragma once

#include "commands/options.h"
#include "views/briefing.h"

/**
 * briefing_run - read the machine, and print it by @put
 * @path: the file to replace as a whole, or NULL: standard output
 */
_must_check_ int briefing_run(const struct options *options, const char *path,
			      void (*put)(const struct briefing *briefing), struct error *e)
	_nonnull_(1, 3, 4);
