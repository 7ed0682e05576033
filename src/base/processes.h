/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * processes - the processes of a machine that may use something: all but the threads of the kernel
 *
 * A server has thousands of kernel threads. They have no open files and no mounts of their own, and
 * they are in the first network namespace: a search for users of a device that passes them over
 * finds the same.
 *
 * Of a process whose first thread has ended, while others run, /proc/PID shows neither files nor
 * namespaces: /proc/TID of the others does, though /proc does not list it.
 */
#pragma once

#include "base/root.h"

struct processes;

/**
 * processes_new - what is known of the processes while one machine is read, in @arena: each process
 * is asked once whether it is one of the kernel
 */
_must_check_ struct processes *processes_new(const struct root *root, struct arena *arena)
	_nonnull_();

/**
 * processes_each - call @each with every process, in the order of their numbers, and with each
 * thread of a process whose first one has ended
 * @each: @name is @pid in digits; returns 0 to go on, another value to stop
 * Of a tree that is not live all are passed. A process that cannot be asked is passed.
 * Returns: as root_list of /proc.
 */
int processes_each(struct processes *processes,
		   int (*each)(void *context, const char *name, pid_t pid), void *context)
	_nonnull_(1, 2);
