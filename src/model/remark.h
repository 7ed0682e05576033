/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of the kernel log about a device's probe, or about its IOMMU */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * enum remark_kind - the meaning of a line; the dependency of REMARK_TIMED_OUT need not be an IOMMU
 */
enum remark_kind {
	/* log line: the deferred probe timeout has passed, and the device still waits */
	REMARK_PENDING,
	/* log line: the timeout has passed, and the wait for a supplier was given up */
	REMARK_TIMED_OUT,
	REMARK_PROBE_FAILED, /* log line: the driver's probe returned an error */
	REMARK_STREAM_TAKEN, /* log line of an SMMUv3: the stream ID belongs to another device */
	REMARK_STREAM_RANGE, /* log line of an SMMUv2: stream ID or mask out of range */
	REMARK_IOMMU_FAILED, /* log line: registration of an IOMMU, or joining a group, failed */
	REMARK_GROUP_JOINED, /* log line: the device became a member of a group */
	REMARK_CYCLE_FIXED,  /* log line: the kernel broke a cycle of two nodes that wait for each
				other */
	REMARK_KIND_COUNT,
};

/**
 * One line of the kernel log, not trusted: @device is a hint to be matched with known devices, and
 * everything is to be escaped before it is shown.
 * @device: the kernel's name of the device, without its bus
 * @number: positive errno, stream ID or mask, group; -1 none
 * @other: the device that has the stream, or the other node, or NULL where the line does not say
 * @reason: why a probe is pending, as devices_deferred has it, or NULL (never known before 6.12)
 * @text: the line without level and time     @sequence: its place among the lines, set by
 * build_remark
 */
struct remark {
	enum remark_kind kind;
	const char *device;
	int64_t number;
	const char *other;
	const char *reason;
	const char *text;
	size_t sequence;
};
