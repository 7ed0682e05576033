/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a wait can end by itself. A devicetree IOMMU that never comes is given up at the deferred
 * probe timeout, and the device then binds without it. A device link is given up where no driver
 * matches the supplier; an IOMMU named by ACPI is waited for without end (drivers/base/dd.c:
 * driver_deferred_probe_check_state; core.c: fw_devlink_no_driver; drivers/acpi/viot.c).
 */
#include "checks/cause.h"

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
	return strcmp(supplier->source, "iort") == 0 || strcmp(supplier->source, "viot") == 0;
}

/* The kernel gives a supplier up where no driver for it has come. */
static bool has_no_driver(enum cause_code code)
{
	switch (code) {
	case CAUSE_IOMMU_NO_DRIVER:
	case CAUSE_IOMMU_MODULE_NOT_LOADED:
	case CAUSE_IOMMU_MODULE_BLACKLISTED:
	case CAUSE_SUPPLIER_NO_DRIVER:
	case CAUSE_SUPPLIER_MODULE_NOT_LOADED:
	case CAUSE_SUPPLIER_MODULE_BLACKLISTED:
		return true;
	default:
		return false;
	}
}

/* The timer has everything on the list tried again; without the list, who is on it is unknown. */
static enum answer if_listed(const struct deferral *deferral)
{
	return deferral->device->state == DEVICE_DEFERRED ? ANSWER_YES : ANSWER_UNKNOWN;
}

/*
 * The timer fires once, and everything is tried again: what is still on the list for something that
 * the timer would end has it before it. With 0 or less it never fires.
 */
static enum answer after_the_timer(const struct system *system, const struct deferral *deferral)
{
	const struct supplier *first = deferral->links[0].supplier;

	if (timeout_of(system) <= 0 || is_acpi(first) || first->missing)
		return ANSWER_NO;
	if (supplier_is_iommu(first) && !first->link_status)
		return if_listed(deferral);
	return has_no_driver(deferral->cause.code) ? if_listed(deferral) : ANSWER_NO;
}

enum answer will_probe(const struct system *system, const struct deferral *deferral)
{
	if (deferral->device->driver)
		return ANSWER_YES;
	switch (deferral->cause.code) {
	case CAUSE_UNKNOWN:
		return ANSWER_UNKNOWN;
	case CAUSE_MANUAL_BIND_DEFERRED:
		return ANSWER_NO;
	default:
		return deferral->link_count ? after_the_timer(system, deferral) : ANSWER_UNKNOWN;
	}
}
