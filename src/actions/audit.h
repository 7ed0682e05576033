/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit - one line in the system log when a transaction begins and one when it ends
 */
#pragma once

#include "actions/transaction.h"

/** audit_begin - "transaction 3: rebind 0000:01:00.0 (e1000e -> vfio-pci) begins, for user 1000" */
void audit_begin(const struct host *host, uint64_t number, const struct plan *plan);

/** audit_end - "transaction 3: rebind … : done"     @outcome: a word     @why: or NULL */
void audit_end(const struct host *host, uint64_t number, const struct plan *plan,
	       const char *outcome, const char *why);

/** audit_syslog - host->log of a real machine; never blocks, and a full log loses the line */
void audit_syslog(const char *line);
