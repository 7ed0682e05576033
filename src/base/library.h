/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * library - load a shared library at its first use
 *
 * Linked, the library and its own dependencies would slow down each start of the program.
 */
#pragma once

#include <stddef.h>

/**
 * library_open - load @file and look up its functions
 * @names: of the functions, @count of them
 * @ret_functions: a struct of as many function pointers, in the same order
 * @ret_library: for dlclose
 * Returns: 0; -ENOENT the library cannot be loaded; -ENOSYS it lacks a function.
 */
int library_open(const char *file, const char *const *names, size_t count, void *ret_functions,
		 void **ret_library);
