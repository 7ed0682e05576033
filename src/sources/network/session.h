/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session - the network connection through which this program runs, usually an SSH login */
#pragma once

#include "base/root.h"

#include <stdio.h>
#include <sys/types.h>

/**
 * session_lines - print this machine's ends of the connection as lines "session …", or "unseen
 * session …" (sources/network/network.h)
 * @pid: the process whose ancestors, itself included, are searched
 * Sources: established TCP connections that they have open (/proc/PID/fd, then the socket itself
 * or, where the kernel does not let it be asked, /proc/net/tcp), and SSH_CONNECTION in their
 * environment: below tmux no ancestor has the connection open, and sudo clears the environment.
 */
void session_lines(const struct root *root, pid_t pid, FILE *out);
