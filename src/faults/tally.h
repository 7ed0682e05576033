/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally - faults counted: those that differ only in address and time are one entry, but addresses
 * in the first page and in the window of message interrupts of x86 are kept apart
 *
 * At most FAULTS_MAX entries, whatever the length of the log: the faults beyond them are counted
 * together in one more entry of FAULT_NOT_LOGGED.
 */
#pragma once

#include "base/cleanup.h"
#include "model/fault.h"

#include <stddef.h>

struct fault_tally;

_must_check_ struct fault_tally *fault_tally_new(void);

/** fault_tally_free - accepts NULL */
void fault_tally_free(struct fault_tally *tally);

/** fault_tally_add - count a fault; the callback of a fault_reader, with the tally as its context
 */
void fault_tally_add(void *tally, const struct fault *fault);

/** fault_tally_items - the entries in the order of their first faults, *ret_count of them */
const struct fault *fault_tally_items(const struct fault_tally *tally, size_t *ret_count);

static inline void cleanup_fault_tally(struct fault_tally **tally)
{
	fault_tally_free(*tally);
}

#define _autofaulttally_ _cleanup_(cleanup_fault_tally)
