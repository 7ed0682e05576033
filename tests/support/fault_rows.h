/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault_rows - lines of the kernel log about IOMMU faults, and the meaning of each
 *
 * A row cites the kernel and the file that prints the line. A line of a kernel older than the
 * sources that were read is of a report.
 */
#pragma once

#include "base/cleanup.h"
#include "model/fault.h"

/* SEEN: a machine printed it; MADE: it follows the format of the source. */
enum origin { MADE, SEEN };

/** struct fault_row - @stream, @pasid: -1 none; members that are left out are unknown or "" */
struct fault_row {
	enum origin origin;
	const char *kernel, *file, *lines;
	enum fault_kind kind;
	enum fault_access access;
	enum iommu_kind iommu_kind;
	const char *iommu, *device, *reason;
	int64_t stream, pasid;
	bool has_address, is_client;
	uint64_t address, count;
};

/* Initialisers of rows. */
#define X(number) .has_address = true, .address = (number)
#define NONE .stream = -1, .pasid = -1

/** assert_fault_rows - each row's lines are that fault, and only it, in a capture too */
void assert_fault_rows(const struct fault_row *rows, size_t count);

/** assert_fault_forms - each form of the kinds of IOMMU in @rows has a row */
void assert_fault_forms(const struct fault_row *rows, size_t count);
