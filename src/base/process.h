/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process - who is it: other processes, as /proc shows them
 */
#pragma once

#include "base/root.h"

/**
 * struct process_stat - what /proc/PID/stat says of a process
 * @state: 'R', 'S', 'D', 'Z', …     @parent: its pid; 0 none or unknown
 * @start_time: clock ticks since boot; 0 unknown
 */
struct process_stat {
	char state;
	pid_t parent;
	uint64_t start_time;
};

/**
 * process_stat - read fields 3, 4 and 22 of /proc/PID/stat (proc(5))
 * Returns: false, *ret_stat untouched, where there is no such process or it cannot be read.
 */
bool process_stat(const struct root *root, pid_t pid, struct process_stat *ret_stat)
	_nonnull_(1, 3);

/**
 * process_start_time - with the pid, what tells a process from a later one of the same number
 * Returns: clock ticks since boot; 0 where it cannot be known.
 */
uint64_t process_start_time(const struct root *root, pid_t pid) _nonnull_(1);

/**
 * process_lives - true while process @pid that started at @start_time (0 unknown) is running
 * A zombie does not run. A process whose stat cannot be read lives as long as its number is taken.
 */
bool process_lives(const struct root *root, pid_t pid, uint64_t start_time) _nonnull_(1);

/**
 * process_command - the name of a process, as "ps -o comm" prints it
 * Returns: what the process chose to be called, any bytes, in @arena; NULL where there is none.
 * Source: /proc/PID/comm.
 */
const char *process_command(const struct root *root, struct arena *arena, pid_t pid);

/**
 * process_describe - a process, as messages name it: "qemu-system-x86 (process 1234, domain web)"
 * The domain is what libvirt calls the guest: "-name guest=web,…" of QEMU's command line.
 * Returns: text in @arena, with what the process chose to be called in it.
 */
const char *process_describe(const struct root *root, struct arena *arena, pid_t pid);

/**
 * process_hidden - why some processes cannot be seen in /proc at all
 * Returns: a text, or NULL where all that share our PID namespace can be seen. That others may not
 * be looked into is told by looking.
 */
const char *process_hidden(const struct root *root);
