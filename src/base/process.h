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

/**
 * process_describe - who that is, for people: "qemu-system-x86 (process 1234, domain web)"
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
