/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary - the last line of show, which counts the rows above it */
#pragma once

#include "commands/rows.h"

/**
 * summary_print - print "20 groups; 6 devices can go alone, 8 with others, 1 is given; …"
 * Under the rules of rows_print_verdict; nothing where there is no row. Verdicts are counted only
 * where the column hand_over is shown: its facts are not read otherwise.
 * @rows: of rows_overview     @hidden: devices without a row
 */
void summary_print(const struct rows *rows, const struct look *look, const struct options *options,
		   size_t hidden);
