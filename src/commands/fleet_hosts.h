/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fleet_hosts - which captures the options --root name */
#pragma once

#include "base/arena.h"
#include "commands/options.h"

/** struct fleet_hosts - names of captures, in the order of --root, those of a folder by name */
struct fleet_hosts {
	const char **names;
	size_t count;
};

/**
 * fleet_hosts_is_folder - true for a folder that is no tree itself, but has captures in it:
 * archives or trees. A tree has one of /sys, /proc and the list of what a capture could not read.
 */
bool fleet_hosts_is_folder(const char *path) _nonnull_();

/**
 * fleet_hosts_list - the captures of all --root, each once; lives as long as @arena
 * Returns: 0; ERROR_IO where a folder of captures cannot be read.
 */
_must_check_ int fleet_hosts_list(const struct options *options, struct arena *arena,
				  struct fleet_hosts *ret_hosts, struct error *e);
