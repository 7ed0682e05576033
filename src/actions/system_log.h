/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * system_log - send lines to the system log without ever waiting
 *
 * syslog(3) blocks while the log daemon does not read, and a transaction that blocks holds the lock
 * and ignores signals. So the line is sent as one datagram without blocking. If the log is full or
 * missing, the line is lost.
 */
#pragma once

#include "base/cleanup.h"

/** The socket of the log daemon. */
#define SYSTEM_LOG "/dev/log"

/**
 * system_log_send - send one line, with facility auth and priority notice
 * @socket: path of the daemon's socket, a datagram or a stream socket (RFC 3164)
 * Returns: 0; a negative errno where the line is lost, -EAGAIN where the log is full.
 */
int system_log_send(const char *socket, const char *line);
