/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/audit.h"

#include "actions/system_log.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * The first devices of a plan in words, and the number of the others. Names come from the kernel,
 * so they are escaped.
 */
static void describe_plan(const struct plan *plan, char *out, size_t size)
{
	enum { MOST = 8 };
	char raw[1024];
	size_t used = 0;

	raw[0] = '\0';
	for (size_t i = 0; i < plan->target_count && i < MOST; i++) {
		const struct target *target = &plan->targets[i];

		used += (size_t)snprintf(raw + used, sizeof(raw) - used, " %.60s (%.30s -> %.30s)",
					 target->label, target->driver ? target->driver : "none",
					 target->new_driver ? target->new_driver : "none");
	}
	if (plan->target_count > MOST)
		snprintf(raw + used, sizeof(raw) - used, " and %zu more",
			 plan->target_count - MOST);
	text_escape(raw, strlen(raw), out, size);
}

/* The user who called sudo, or root. */
static const char *calling_user(void)
{
	const char *uid = getenv("SUDO_UID");
	uint64_t number;

	return uid && text_number(uid, 10, &number) ? uid : "0";
}

void audit_begin(const struct host *host, uint64_t number, const struct plan *plan)
{
	char devices[1200], line[1400];

	if (!host->log)
		return;
	describe_plan(plan, devices, sizeof(devices));
	snprintf(line, sizeof(line), "transaction %" PRIu64 ": %s%s begins, for user %s", number,
		 plan->verb, devices, calling_user());
	host->log(line);
}

void audit_end(const struct host *host, uint64_t number, const struct plan *plan,
	       const char *outcome, const char *why)
{
	char devices[1200], line[2600];

	if (!host->log)
		return;
	describe_plan(plan, devices, sizeof(devices));
	snprintf(line, sizeof(line), "transaction %" PRIu64 ": %s%s: %s%s%s", number, plan->verb,
		 devices, outcome, why ? ": " : "", why ? why : "");
	host->log(line);
}

void audit_syslog(const char *line)
{
	/*
	 * A log daemon that does not read must not hold up the transaction: the line is then lost.
	 */
	system_log_send(SYSTEM_LOG, line);
}
