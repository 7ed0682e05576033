/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a wait can end by itself. A devicetree IOMMU that never comes is given up at the deferred
 * probe timeout, and the device then binds without it. A device link is given up where no driver
 * matches the supplier; an IOMMU named by ACPI is waited for without end (drivers/base/dd.c:
 * driver_deferred_probe_check_state; core.c: fw_devlink_no_driver; drivers/acpi/viot.c).
 */
#include "checks/cause.h"

#include "model/firmware_table.h"

#include <stdlib.h>
#include <string.h>

/* deferred_probe_timeout= of the command line, the last one; what modular kernels take by default.
 */
static long timeout_of(const struct system *system)
{
	static const char option[] = "deferred_probe_timeout=";
	const char *line = system->machine.command_line;
	long seconds = 10;

	for (const char *at = line; at && (at = strstr(at, option));) {
		bool whole = at == line || at[-1] == ' ';

		at += sizeof(option) - 1;
		if (whole)
			seconds = strtol(at, NULL, 10);
	}
	return seconds;
}

static bool is_acpi(const struct supplier *supplier)
{
	return firmware_table_named(supplier->source);
}

/*
 * What happens once the kernel has given up a supplier: it does so where no driver for it has come.
 * Any device can then be bound without its IOMMU, but only some drivers can do without a clock.
 */
static enum answer once_given_up(enum finding_code code)
{
	switch (code) {
	case CODE_IOMMU_NO_DRIVER:
	case CODE_IOMMU_MODULE_NOT_LOADED:
	case CODE_IOMMU_MODULE_BLACKLISTED:
		return ANSWER_YES;
	case CODE_SUPPLIER_NO_DRIVER:
	case CODE_SUPPLIER_MODULE_NOT_LOADED:
	case CODE_SUPPLIER_MODULE_BLACKLISTED:
		return ANSWER_UNKNOWN;
	default:
		return ANSWER_NO;
	}
}

/*
 * The timer fires once, and everything on the list is tried again: what is still there for
 * something that the timer would end has it before it.
 */
static enum answer after_the_timer(const struct supplier *supplier, enum finding_code code)
{
	if (is_acpi(supplier) || supplier->missing)
		return ANSWER_NO;
	if (supplier_is_iommu(supplier) && !supplier->link_status)
		return ANSWER_YES;
	return once_given_up(code);
}

/* All that the device itself waits for has to end; the cause is that of the first. */
static enum answer after_all(const struct deferral *deferral)
{
	enum answer all =
		after_the_timer(deferral->links[0].supplier, deferral->cause.finding.code);

	for (size_t i = 1; i < deferral->link_count && all != ANSWER_NO; i++) {
		const struct link *link = &deferral->links[i];
		enum answer other = after_the_timer(link->supplier, CODE_SUPPLIER_NO_DRIVER);

		if (link->depth == 0 && other != ANSWER_YES)
			all = other;
	}
	/* Without the list, nobody knows who is on it. */
	if (all == ANSWER_YES && deferral->device->state != DEVICE_DEFERRED)
		return ANSWER_UNKNOWN;
	return all;
}

enum answer will_probe(const struct system *system, const struct deferral *deferral)
{
	if (deferral->device->driver)
		return ANSWER_YES;
	switch (deferral->cause.finding.code) {
	case CODE_UNKNOWN:
		return ANSWER_UNKNOWN;
	case CODE_MANUAL_BIND_DEFERRED:
		return ANSWER_NO;
	default:
		if (!deferral->link_count)
			return ANSWER_UNKNOWN;
		/* With 0 or less the timer never fires. */
		return timeout_of(system) > 0 ? after_all(deferral) : ANSWER_NO;
	}
}
