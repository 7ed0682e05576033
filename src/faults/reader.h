/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader - the IOMMU faults in the lines of a kernel log, in constant memory
 *
 * A driver prints some faults in several lines, and lines of other devices may stand between them.
 * Lines that no form (faults/forms.h) matches as a whole are ignored, so torn lines and text that
 * only imitates a driver's line make no fault.
 */
#pragma once

#include "base/cleanup.h"
#include "base/text.h"
#include "model/fault.h"

struct fault_reader;

/**
 * fault_reader_new - a reader that calls @each for each fault
 * @each: the fault is valid during the call
 */
_must_check_ struct fault_reader *
fault_reader_new(void (*each)(void *context, const struct fault *fault), void *context)
	_nonnull_(1);

/** fault_reader_line - the next line, without its newline: any bytes, of any length */
void fault_reader_line(struct fault_reader *reader, struct span line) _nonnull_(1);

/** fault_reader_text - the next lines of a text; they end with it */
void fault_reader_text(struct fault_reader *reader, struct span text) _nonnull_(1);

/** fault_reader_flush - pass on the faults of which further lines may have followed */
void fault_reader_flush(struct fault_reader *reader) _nonnull_(1);

/** fault_reader_free - free a reader; faults that were not flushed are lost; accepts NULL */
void fault_reader_free(struct fault_reader *reader);

static inline void cleanup_fault_reader(struct fault_reader **reader)
{
	fault_reader_free(*reader);
}

#define _autofaultreader_ _cleanup_(cleanup_fault_reader)
