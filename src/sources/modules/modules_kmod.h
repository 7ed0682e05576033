/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules_kmod - ask libkmod, or have it load a module; only for child processes
 *
 * The library is loaded where it is needed: its own libraries, for compression and cryptography,
 * would slow down each start of the program.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct modules_kmod;

enum {
	/** how many modules one module may need; real ones need a dozen */
	MODULE_NEEDS_MAX = 64,
};

/**
 * modules_kmod_open - @folder: of the modules of one kernel     @configuration: NULL-terminated
 * folders such as /etc/modprobe.d
 * Returns: 0; -ENOSYS no libkmod; -ENOENT no index there.
 */
int modules_kmod_open(const char *folder, const char *const *configuration,
		      struct modules_kmod **ret_kmod);

/**
 * struct module_answer - what @each of modules_kmod_find is told; texts live until it returns
 * @options, @needs, @has_install_command: as in struct module, only where asked for in full
 */
struct module_answer {
	const char *name;
	bool builtin, blacklisted, has_install_command;
	const char *options;
	const char *const *needs;
	size_t need_count;
};

/**
 * modules_kmod_find - call @each for every module that claims @alias; a negative errno
 * @in_full: what modprobe would do with them is wanted too
 */
int modules_kmod_find(struct modules_kmod *kmod, const char *alias, bool in_full,
		      void (*each)(void *context, const struct module_answer *answer),
		      void *context);

/**
 * modules_kmod_load - what "modprobe NAME" does on the running machine, except that no command of
 * modprobe.d is run
 * @name: of a module, never an alias: a blacklist does not stop it
 * Returns: 0, also where it is there already or built in; -ENOSYS no libkmod; -ENOENT no such
 * module; -ECANCELED modprobe.d wants a command to be run instead; what the kernel says.
 */
int modules_kmod_load(const char *name);
