/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * library - a shared library that is loaded only where it is needed
 *
 * Linked, it and all that it needs would cost each start of the program.
 */
#pragma once

#include <stddef.h>

/**
 * library_open - load @file and find its functions
 * @names: of the functions, @count of them
 * @ret_functions: a struct of as many function pointers, in the same order
 * @ret_library: for dlclose
 * Returns: 0; -ENOENT the library cannot be loaded; -ENOSYS it lacks a function.
 */
int library_open(const char *file, const char *const *names, size_t count, void *ret_functions,
		 void **ret_library);
