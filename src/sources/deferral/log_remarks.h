/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_remarks - lines of the kernel log about probes that wait or fail, and about devices without
 * IOMMU
 *
 * Texts of Linux 5.10 to 7.3: drivers/base/dd.c (call_driver_probe,
 * driver_deferred_probe_check_state, deferred_probe_timeout_work_func), drivers/iommu/iommu.c,
 * arm-smmu.c and arm-smmu-v3.c. Some failures log nothing: a probe that ends in -ENODEV or -ENXIO,
 * a stream ID beyond the table of an SMMUv3, and an SMMUv2 without free stream entries.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "model/remark.h"

#include <stddef.h>

enum {
	/** limit of log lines that are kept, newest first */
	LOG_REMARKS_MAX = 4096,
};

/** log_is_remark - true where log_remarks would keep that line */
bool log_is_remark(struct span line);

/**
 * log_remarks - the lines of @log about a probe or an IOMMU, such as "<6>[    1.234567] platform
 * NAME: text"
 * @log: any bytes; level, time and caller of a line may be missing
 * @ret_remarks: oldest first, the newest of each kind about each device; strings and array in
 * @arena
 * Lines of processes (a facility other than 0) and lines longer than the kernel's are ignored.
 * Returns: the number of lines.
 */
size_t log_remarks(const char *log, size_t length, struct arena *arena,
		   const struct remark **ret_remarks);
