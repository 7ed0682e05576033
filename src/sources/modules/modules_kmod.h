/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules_kmod - call libkmod to find or to load modules; only for child processes
 *
 * The library is loaded at the first use: the libraries that it needs itself, for compression and
 * cryptography, would slow down each start of the program.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct modules_kmod;

enum {
	/** the most modules that one module may need; real modules need a dozen */
	MODULE_NEEDS_MAX = 64,
};

/**
 * modules_kmod_open - @folder: of the modules of one kernel     @configuration: NULL-terminated
 * folders such as /etc/modprobe.d     @captured: these are of another machine. libkmod adds the
 * command line of this machine to every configuration: then blacklists and options from it do not
 * count
 * Returns: 0; -ENOSYS no libkmod; -ENOENT no index there.
 */
int modules_kmod_open(const char *folder, const char *const *configuration, bool captured,
		      struct modules_kmod **ret_kmod);

/**
 * struct module_answer - a module that was found; its texts live until the callback returns
 * @options, @needs, @has_install_command: as in struct module, only if in_full
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
 * @in_full: also find what modprobe would do with the modules
 */
int modules_kmod_find(struct modules_kmod *kmod, const char *alias, bool in_full,
		      void (*each)(void *context, const struct module_answer *answer),
		      void *context);

/**
 * modules_kmod_load - do what "modprobe NAME" does on the running machine, but run no command of
 * modprobe.d
 * @name: of a module, never an alias: a blacklist does not stop it
 * Returns: 0, also if it is already loaded or built in; -ENOSYS no libkmod; -ENOENT no such module;
 * -ECANCELED modprobe.d has a command to run instead; or the kernel's errno.
 */
int modules_kmod_load(const char *name);
