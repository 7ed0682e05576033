/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checks - what checks have besides the finding that they are, and how they are printed */
#pragma once

#include "base/error.h"
#include "views/column.h"

#include <stdio.h>

/** check_columns - keys of checks[] behind those of finding_columns; the last has no key */
extern const struct column check_columns[];

/**
 * checks_print - for eyes: what refuses, what was waived, warnings, and with @verbose what passes
 * Each with its evidence, what to do, and what to type to go on all the same.
 * @handover: that the checks are about
 */
void checks_print(FILE *out, const struct checks *checks, const struct handover *handover,
		  bool verbose);

/** checks_print_kinds - what "--waive help" says: a line per check */
int checks_print_kinds(struct error *e);
