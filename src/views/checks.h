/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checks - the columns of checks, in the order of the JSON contract */
#pragma once

#include "base/error.h"
#include "checks/check.h"
#include "views/column.h"

#include <stdio.h>

/** check_columns - keys of checks[]; the last has no key */
extern const struct column check_columns[];

/**
 * checks_print - for eyes: what refuses, what was waived, warnings; what passed only where @all
 * Each with its evidence, what to do, and what to type to go on all the same.
 */
void checks_print(const struct checks *checks, bool all, FILE *out);

/** checks_print_kinds - what "--waive help" says: a line per check */
int checks_print_kinds(struct error *e);
