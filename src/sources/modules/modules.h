/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules - which module, or code built in under a module's name, claims a device
 *
 * libkmod trusts the index files, which in a captured tree come from a stranger, and opens them by
 * itself, which can block. So a child process asks it: where the child dies, the index is
 * malformed; where it hangs, it is left behind and the index is busy.
 */
#pragma once

#include "base/root.h"
#include "model/system.h"

/**
 * struct module_query
 * @alias: a modalias or a module's name
 * @in_full: options, needs and install command of the modules are wanted: that costs more. Needs
 * are files that exist: a captured tree, which has no modules, has none.
 * @modules: those that claim it, @count of them
 */
struct module_query {
	const char *alias;
	bool in_full;
	const struct module *modules;
	size_t count;
};

/**
 * modules_look_up - answer all @queries
 * @release: of the kernel     @arena: owns the answers
 * Returns: 0; -ENOENT no index for this kernel, so nothing can be concluded; -ENOSYS no libkmod;
 * -EACCES; -EBADMSG the index is malformed; -ETIMEDOUT a file does not answer, and a process that
 * @e names is left behind; another negative errno: a file could not be opened.
 */
int modules_look_up(const struct root *root, const char *release, struct arena *arena,
		    struct module_query *queries, size_t count, struct error *e);

/** modules_state - what a negative result of modules_look_up means for sources[] */
enum source_state modules_state(int result);

/** modules_modalias - the modalias of the device at @path, in @arena, or NULL */
const char *modules_modalias(const struct root *root, struct arena *arena, const char *path);
