/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel gives up an IOMMU at the deferred probe timeout and binds the device without it; an
 * IOMMU that an ACPI table names only on newer kernels. It gives up a device link where no driver
 * matches the supplier (drivers/base/dd.c: driver_deferred_probe_check_state; core.c:
 * fw_devlink_no_driver; drivers/iommu/iommu.c: iommu_fwspec_init).
 */
#include "checks/cause.h"

#include "model/firmware_table.h"
#include "model/kernel_release.h"

#include <stdlib.h>
#include <string.h>

const char *deferral_end_name(enum deferral_end kind)
{
	static const char *const names[DEFERRAL_OUTCOME_COUNT] = {
		[DEFERRAL_PROBES] = "probes",
		[DEFERRAL_RUNS] = "runs",
		[DEFERRAL_RUNS_WITHOUT_IOMMU] = "runs_without_iommu",
		[DEFERRAL_NEVER] = "never",
		[DEFERRAL_UNKNOWN] = "unknown",
	};

	return names[kind];
}

/*
 * deferred_probe_timeout= on the command line, the last one; otherwise the default of kernels with
 * modules. Where that is 0, the waits that end at all have ended before the first process runs.
 */
static long timeout_of(const struct system *system)
{
	static const char option[] = "deferred_probe_timeout=";
	const char *line = system->machine.command_line;
	long seconds =
		kernel_has(system->machine.kernel, KERNEL_PROBE_TIMEOUT) == ANSWER_NO ? 0 : 10;

	for (const char *at = line; at && (at = strstr(at, option));) {
		bool whole = at == line || at[-1] == ' ';

		at += sizeof(option) - 1;
		if (whole)
			seconds = strtol(at, NULL, 10);
	}
	return seconds;
}

/*
 * The end of a wait for a supplier that has no driver. Any device can be bound without its IOMMU,
 * but only some drivers work without a clock.
 */
static enum deferral_end once_given_up(enum finding_code code)
{
	switch (code) {
	case CODE_IOMMU_NO_DRIVER:
	case CODE_IOMMU_MODULE_NOT_LOADED:
	case CODE_IOMMU_MODULE_BLACKLISTED:
		return DEFERRAL_RUNS_WITHOUT_IOMMU;
	case CODE_SUPPLIER_NO_DRIVER:
	case CODE_SUPPLIER_MODULE_NOT_LOADED:
	case CODE_SUPPLIER_MODULE_BLACKLISTED:
		return DEFERRAL_UNKNOWN;
	default:
		return DEFERRAL_NEVER;
	}
}

/*
 * The end of a wait for an IOMMU without a device link. An IOMMU that itself waits for a supplier
 * which the kernel gives up at the same time may come just before the device, or just after it.
 */
static enum deferral_end without_iommu(const struct system *system, const struct supplier *supplier,
				       enum finding_code code)
{
	if (firmware_table_named(supplier->source))
		switch (kernel_has(system->machine.kernel, KERNEL_ACPI_WAIT_ENDS)) {
		case ANSWER_NO:
			return DEFERRAL_NEVER;
		case ANSWER_YES:
			break;
		default:
			return DEFERRAL_UNKNOWN;
		}
	return once_given_up(code) == DEFERRAL_UNKNOWN ? DEFERRAL_UNKNOWN
						       : DEFERRAL_RUNS_WITHOUT_IOMMU;
}

static enum deferral_end after_the_timeout(const struct system *system,
					   const struct supplier *supplier, enum finding_code code)
{
	if (supplier->missing)
		return DEFERRAL_NEVER;
	if (supplier_is_iommu(supplier) && !supplier->link_status)
		return without_iommu(system, supplier, code);
	if (supplier->link_status &&
	    kernel_has(system->machine.kernel, KERNEL_LINKS_GIVEN_UP) == ANSWER_NO)
		return DEFERRAL_NEVER;
	return once_given_up(code);
}

/*
 * The outcome for all suppliers of the device: each wait has to end; the cause is that of the
 * first.
 */
static enum deferral_end after_all(const struct system *system, const struct deferral *deferral)
{
	enum deferral_end all = after_the_timeout(system, deferral->links[0].supplier,
						  deferral->cause.finding.code);

	for (size_t i = 1; i < deferral->link_count && all != DEFERRAL_NEVER; i++) {
		const struct link *link = &deferral->links[i];
		enum deferral_end other;

		if (link->depth)
			continue;
		other = after_the_timeout(system, link->supplier,
					  supplier_is_iommu(link->supplier)
						  ? CODE_IOMMU_NO_DRIVER
						  : CODE_SUPPLIER_NO_DRIVER);
		if (other != DEFERRAL_RUNS_WITHOUT_IOMMU)
			all = other;
	}
	/*
	 * Without devices_deferred it is unknown whether the device is retried. Without the whole
	 * log it is unknown whether the timeout has expired already.
	 */
	if (all == DEFERRAL_RUNS_WITHOUT_IOMMU &&
	    (deferral->device->state != DEVICE_DEFERRED || !log_is_whole(system)))
		return DEFERRAL_UNKNOWN;
	return all;
}

static enum deferral_end outcome_of_waiting(const struct system *system,
					    const struct deferral *deferral)
{
	switch (deferral->cause.finding.code) {
	case CODE_UNKNOWN:
		return DEFERRAL_UNKNOWN;
	case CODE_MANUAL_BIND_DEFERRED:
		return DEFERRAL_NEVER;
	default:
		break;
	}
	if (!deferral->link_count)
		return DEFERRAL_UNKNOWN;
	/*
	 * At 0 or less the timeout never expires. It expires once: the kernel retries all deferred
	 * devices, then logs those that still wait.
	 */
	if (timeout_of(system) <= 0 || remark_find(system, REMARK_PENDING, deferral->device->name))
		return DEFERRAL_NEVER;
	return after_all(system, deferral);
}

struct deferral_outcome deferral_outcome_of(const struct system *system,
					    const struct deferral *deferral)
{
	const struct device *device = deferral->device;
	struct deferral_outcome outcome = {.when_seconds = -1};

	if (device->driver) {
		outcome.what = device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM
				       ? DEFERRAL_RUNS_WITHOUT_IOMMU
				       : DEFERRAL_RUNS;
		outcome.when_seconds = 0;
		return outcome;
	}
	outcome.what = outcome_of_waiting(system, deferral);
	if (outcome.what == DEFERRAL_RUNS_WITHOUT_IOMMU)
		outcome.when_seconds = timeout_of(system);
	return outcome;
}
