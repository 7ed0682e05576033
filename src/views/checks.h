/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checks - what was asked before a change, and the answers
 */
#pragma once

#include "base/error.h"
#include "checks/check.h"
#include "views/column.h"

#include <stdio.h>

extern const struct column check_columns[];

/** checks_print - refusals first, then warnings; what passed only where @all */
void checks_print(const struct checks *checks, bool all, FILE *out);

/** checks_print_kinds - what "--waive help" says: a line per check */
int checks_print_kinds(struct error *e);
