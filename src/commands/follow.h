/* SPDX-License-Identifier: GPL-2.0-or-later */
/* follow - print IOMMU faults as the kernel logs them */
#pragma once

#include "commands/options.h"
#include "views/catalogue.h"

/**
 * follow_faults - print each fault of the running machine's log, then those to come, without end
 * One line a fault: a sentence; the chosen columns with -o, -r or -P; with --json an object with
 * the keys of faults[]. The devices are read again where the last look is old. Returns: a negative
 * errno; ERROR_USAGE with --root or --log.
 */
_must_check_ int follow_faults(const struct options *options, const struct catalogue *catalogue,
			       struct error *e);
