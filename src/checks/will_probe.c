/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a wait can end by itself. The kernel gives up an IOMMU named by devicetree at the
 * deferred probe timeout, and then binds the device without it. It gives up a device link where no
 * driver matches the supplier; for an IOMMU named by ACPI it waits without end (drivers/base/dd.c:
 * driver_deferred_probe_check_state; core.c: fw_devlink_no_driver; drivers/acpi/viot.c).
 */
#include "checks/cause.h"

#include "model/firmware_table.h"

#include <stdlib.h>
#include <string.h>

/*
 * deferred_probe_timeout= on the command line, the last one; otherwise the default of kernels with
 * modules.
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
 * Whether a device probes once the kernel has given up a supplier for which there is no driver. Any
 * device can then be bound without its IOMMU, but only some drivers work without a clock.
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
 * The timeout expires once, and then the kernel retries all deferred devices: a device that is
 * still deferred because of something that the timeout ends was deferred before it expired.
 */
static enum answer after_the_timer(const struct supplier *supplier, enum finding_code code)
{
	if (is_acpi(supplier) || supplier->missing)
		return ANSWER_NO;
	if (supplier_is_iommu(supplier) && !supplier->link_status)
		return ANSWER_YES;
	return once_given_up(code);
}

/*
 * The answer for all suppliers of the device: each wait has to end; the cause is that of the first.
 */
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
	/* Without devices_deferred it is unknown whether the device is retried. */
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
		/* At 0 or less the timeout never expires. */
		return timeout_of(system) > 0 ? after_all(deferral) : ANSWER_NO;
	}
}
