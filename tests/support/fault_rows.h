/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault_rows - lines of the kernel log about IOMMU faults, and the meaning of each
 *
 * A row cites the kernel and the file that prints the line, and where the line was seen.
 */
#pragma once

#include "base/cleanup.h"
#include "model/fault.h"

/**
 * struct fault_row - @source: where the line was seen, or NULL: it follows the format of the kernel
 * @stream, @pasid: -1 none; members that are left out are unknown or ""
 */
struct fault_row {
	const char *source;
	const char *kernel, *file, *lines;
	enum fault_kind kind;
	enum fault_access access;
	enum iommu_kind iommu_kind;
	const char *iommu, *device, *reason;
	int64_t stream, pasid;
	bool has_address, is_client;
	uint64_t address, count;
};

/* The source of a row that a machine printed: an address, a list message, a commit. */
#define SEEN(place) .source = (place)
/* A machine of tests/vm: QEMU's edu makes DMA to addresses that are not mapped for it. */
#define MACHINE "tests/vm"
/* A public report that the line was found in, by its words, without a lasting address. */
#define REPORT "a report"
/* The row follows the format of the source. */
#define MADE .source = NULL

/* Initialisers of rows. */
#define X(number) .has_address = true, .address = (number)
#define NONE .stream = -1, .pasid = -1

/** struct fault_rows - the rows of one kind of driver */
struct fault_rows {
	const struct fault_row *items;
	size_t count;
};

extern const struct fault_rows intel_fault_rows, amd_fault_rows, smmu_fault_rows,
	smmu_v3_fault_rows, other_fault_rows;

/** assert_fault_rows - each row's lines are that fault, and only it, in a capture too */
void assert_fault_rows(const struct fault_row *rows, size_t count);

/** assert_fault_forms - each form of the kinds of IOMMU in @rows has a row */
void assert_fault_forms(const struct fault_row *rows, size_t count);
