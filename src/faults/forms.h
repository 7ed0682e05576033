/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forms - the lines of the kernel log that report an IOMMU fault, a row each
 *
 * Each row is the format of one driver's line, with the kernels that print it. The wording changes
 * between kernels, so the same fault may have several rows.
 */
#pragma once

#include "faults/decode.h"

/** enum fault_anchor - the prefix of a form's lines, which a process or a device cannot choose */
enum fault_anchor {
	ANCHOR_DRIVER, /* "DRIVER NAME", of which NAME is the IOMMU */
	ANCHOR_WORD,   /* a word of the driver's pr_fmt alone */
	ANCHOR_DEVICE, /* "DRIVER NAME: WORD", of which NAME is the PCI function with the fault */
	ANCHOR_UNIT,   /* "iommu NAME: WORD", of which NAME is the IOMMU's in /sys/class/iommu */
	ANCHOR_NAME,   /* NAME alone, the same */
	ANCHOR_PART, /* "DRIVER NAME: WORD", of which NAME is a device that belongs to the IOMMU */
};

/** enum fault_part - which part of a fault a line is */
enum fault_part {
	PART_WHOLE, /* all of it */
	PART_BEGIN, /* the first line of several */
	PART_MORE,  /* a further line, of no use without one that came before */
	PART_LONE,  /* a further line, which is a fault of its own where the others are missing */
	PART_LAST,  /* as PART_LONE, and the last */
};

/**
 * struct fault_form - a row
 * @prefix: the driver's name or word where it is not that of the kind's traits
 * @kind: unless @decode sets another     @file, @since, @until: where the kernel has the format;
 * @until NULL: it still has
 */
struct fault_form {
	enum iommu_kind iommu;
	enum fault_anchor anchor;
	const char *prefix;
	const char *pattern;
	enum fault_kind kind;
	fault_decoder *decode;
	enum fault_part part;
	const char *file, *since, *until;
};

/** fault_forms - all rows; *ret_count of them */
const struct fault_form *fault_forms(size_t *ret_count);

/** fault_form_prefix - the driver's name or word with which lines of @form begin */
const char *fault_form_prefix(const struct fault_form *form);

/**
 * fault_limited_by - the kind of IOMMU whose driver limits the rate of its lines in a function
 * "FUNCTION: 12 callbacks suppressed": the kernel did not log that many (lib/ratelimit.c)
 * Returns: false for other functions.
 */
bool fault_limited_by(struct span function, enum iommu_kind *ret_kind);
