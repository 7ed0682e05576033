/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process - who is it: other processes, as /proc shows them
 */
#pragma once

#include "base/root.h"

/**
 * process_command - the name of a process, as "ps -o comm" prints it
 * Returns: what the process chose to be called, any bytes, in @arena; NULL where there is none.
 * Source: /proc/PID/comm.
 */
const char *process_command(const struct root *root, struct arena *arena, pid_t pid);
