/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules_kmod - ask libkmod; only for the child process of modules.c
 *
 * The library is loaded where it is needed: it brings compression and cryptography along, which
 * each start of the program would pay for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct modules_kmod;

/**
 * modules_kmod_open - @folder: of the modules of one kernel     @configuration: NULL-terminated
 * folders such as /etc/modprobe.d
 * Returns: 0; -ENOSYS no libkmod; -ENOENT no index there.
 */
int modules_kmod_open(const char *folder, const char *const *configuration,
		      struct modules_kmod **ret_kmod);

/** struct module_answer - what @each of modules_kmod_find is told; texts live until it returns */
struct module_answer {
	const char *name;
	bool builtin, blacklisted;
};

/** modules_kmod_find - call @each for every module that claims @alias; a negative errno */
int modules_kmod_find(struct modules_kmod *kmod, const char *alias,
		      void (*each)(void *context, const struct module_answer *answer),
		      void *context);
