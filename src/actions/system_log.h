/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * system_log - lines for the system log that are sent or lost, but never waited for
 *
 * syslog(3) blocks while the log daemon does not read, and a transaction that waits for it holds
 * the lock and hears no signal. So the line goes out as one datagram without blocking. A log that
 * is full or missing loses the line.
 */
#pragma once

#include "base/cleanup.h"

/** Where the log daemon listens. */
#define SYSTEM_LOG "/dev/log"

/**
 * system_log_send - send one line, with facility auth and priority notice
 * @socket: path of the daemon's socket, a datagram or a stream socket (RFC 3164)
 * Returns: 0; a negative errno where the line is lost, -EAGAIN where the log is full.
 */
int system_log_send(const char *socket, const char *line);
