/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deferral_outcome - the end of a device's wait if nothing is done */
#pragma once

#include <stdint.h>

/** enum deferral_end - RUNS_WITHOUT_IOMMU is an alarm: DMA that nothing translates */
enum deferral_end {
	DEFERRAL_PROBES, /* the device's wait ends: its driver will probe it */
	DEFERRAL_RUNS,	 /* the device's wait is over: it is bound */
	/* the device is bound, or will be, without the IOMMU that it has */
	DEFERRAL_RUNS_WITHOUT_IOMMU,
	DEFERRAL_NEVER, /* the device waits until the root cause is corrected */
	DEFERRAL_UNKNOWN,
	DEFERRAL_OUTCOME_COUNT,
};

/**
 * struct deferral_outcome - the end, and the time of it
 * @when_seconds: at most so many seconds from now; 0 it has happened; -1 unknown. A driver that
 * registers in between starts the deferred probe timeout again (drivers/base/dd.c:
 * deferred_probe_extend_timeout).
 */
struct deferral_outcome {
	enum deferral_end what;
	int64_t when_seconds;
};

/** deferral_end_name - the word of an end in documents */
const char *deferral_end_name(enum deferral_end kind);
