/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unfinished - whether an earlier transaction of this boot waits for "iommuctl recover" */
#pragma once

#include "base/error.h"
#include "base/root.h"
#include "model/system.h"

/**
 * transaction_unfinished - read the journal, and tell whether recover has work
 * Takes no lock: a transaction that is running now is unfinished.
 * @ret_source: the entry "journal" of sources[]; absent where there was no transaction in this
 * boot, denied or malformed where it is unknown; its strings are in @arena Returns: 0, or a
 * negative errno where the process has run out of descriptors or memory.
 */
_must_check_ int transaction_unfinished(const struct root *root, struct arena *arena,
					struct source *ret_source, bool *ret_unfinished,
					struct error *e);
