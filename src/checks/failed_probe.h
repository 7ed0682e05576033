/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failed_probe - a device whose driver's probe returned an error: it waits for nothing, and the
 * kernel does not try again
 *
 * Source: the newest line "probe with driver nvme failed with error -5" of the kernel log
 * (drivers/base/dd.c: call_driver_probe). Errors that mean "not my device" are not logged.
 */
#pragma once

#include "checks/deferral.h"
#include "checks/faults.h"

/**
 * failed_probe_of - true, and sets *ret, where @device has no driver and the log has such a line
 * The faults of the device stand beside the reason, where FACT_FAULTS was read.
 * @faults: the faults of all devices, which are linked to them at the first need; zeroed before the
 * first call
 */
bool failed_probe_of(const struct system *system, const struct device *device,
		     struct fault_entries *faults, struct arena *arena, struct deferral *ret);
