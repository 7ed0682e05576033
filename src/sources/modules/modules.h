/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules - the modules, or built-in code under a module's name, that claim a device
 *
 * libkmod trusts the index files, which in a captured tree are not trusted, and opens files by
 * itself, which can block. So a child process calls it: if the child dies, the index is malformed;
 * if it hangs, it is left behind and the index is busy.
 */
#pragma once

#include "base/root.h"
#include "model/system.h"

/**
 * struct module_query - one question to libkmod, and the answer
 * @alias: a modalias or a module's name
 * @in_full: also fetch options, needs and install command of the modules, which takes longer. Needs
 * come from module files: a captured tree, which has none, has no needs.
 * @for_options: @alias is a module's name, and without options the module does not matter: where no
 * configuration has its name, it is not looked up, and libkmod need not be loaded for it
 * @modules: the modules that match, @count of them
 */
struct module_query {
	const char *alias;
	bool in_full, for_options;
	const struct module *modules;
	size_t count;
};

/**
 * modules_look_up - answer all @queries
 * @release: of the kernel     @arena: owns the answers
 * Returns: 0; -ENOENT no index for this kernel, so nothing can be concluded; -ENOSYS no libkmod;
 * -EACCES; -EBADMSG the index is malformed; -ETIMEDOUT a file does not answer, and a process that
 * @e names is left behind; -ETIME the machine is too slow or busy; another negative errno: a file
 * could not be opened.
 */
_must_check_ int modules_look_up(const struct root *root, const char *release, struct arena *arena,
				 struct module_query *queries, size_t count, struct error *e);

/**
 * modules_without_release - set @e if the release of the kernel is unknown
 * @cause: negative errno of reading @file, which holds it; 0: it is empty
 */
int modules_without_release(int cause, const char *file, struct error *e);

/** modules_state - the state of a source for a negative result of modules_look_up */
enum source_state modules_state(int result);

/** modules_modalias - the modalias of the device at @path, in @arena, or NULL */
const char *modules_modalias(const struct root *root, struct arena *arena, const char *path);
