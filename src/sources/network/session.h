/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session - the network connection that we run in: an SSH login, as a rule
 */
#pragma once

#include "base/root.h"

#include <stdio.h>
#include <sys/types.h>

/**
 * session_lines - our ends of it, as lines "session …" and "unseen session …"
 * (sources/network/network.h)
 * @pid: whose ancestors are looked at, itself included
 * Established TCP connections that they have open (/proc/PID/fd, /proc/net/tcp), and what
 * SSH_CONNECTION in their environment says: below tmux no ancestor has the connection, and sudo
 * clears the environment.
 */
void session_lines(const struct root *root, pid_t pid, FILE *out);
