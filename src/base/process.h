/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process - facts about other processes, from /proc */
#pragma once

#include "base/root.h"

/**
 * struct process_stat - fields of /proc/PID/stat
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
 * Returns: false, *ret_stat untouched, where the process does not exist or cannot be read.
 */
bool process_stat(const struct root *root, pid_t pid, struct process_stat *ret_stat)
	_nonnull_(1, 3);

/**
 * process_start_time - the start time, which together with the pid identifies a process: pids are
 * reused
 * Returns: clock ticks since boot; 0 where it is unknown.
 */
uint64_t process_start_time(const struct root *root, pid_t pid) _nonnull_(1);

/**
 * process_lives - true while process @pid that started at @start_time (0 unknown) is running
 * A zombie does not run. A process whose stat cannot be read lives as long as its number is taken.
 */
bool process_lives(const struct root *root, pid_t pid, uint64_t start_time) _nonnull_(1);

/**
 * process_command - the name of a process, as "ps -o comm" prints it
 * Returns: the name in @arena, any bytes that the process has chosen; NULL where the process does
 * not exist.
 * Source: /proc/PID/comm.
 */
const char *process_command(const struct root *root, struct arena *arena, pid_t pid);

/**
 * process_describe - a process in words: "qemu-system-x86 (process 1234, domain web)"
 * The domain is libvirt's name of the guest: "-name guest=web,…" on QEMU's command line.
 * Returns: text in @arena; the names in it are chosen by the process, and not escaped.
 */
const char *process_describe(const struct root *root, struct arena *arena, pid_t pid);

/**
 * process_hidden - why /proc may not show some processes
 * Returns: a text, or NULL where it shows all processes of this PID namespace. Whether their
 * details can be read is not part of the answer.
 */
const char *process_hidden(const struct root *root);
