/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checks - the columns of answers that other findings do not have, and the printing of answers */
#pragma once

#include "base/error.h"
#include "views/column.h"

#include <stdio.h>

/** check_columns - keys of checks[] after those of finding_columns; the last has no key */
extern const struct column check_columns[];

/**
 * checks_print - print refusals, waived answers and warnings for users, and with @verbose the
 * passes
 * Each with its evidence, its remedy, and the --waive that overrides it.
 * @handover: the moves that were checked
 */
void checks_print(FILE *out, const struct checks *checks, const struct handover *handover,
		  bool verbose);

/** checks_print_known - checks_print without answers of checks that could not look */
void checks_print_known(FILE *out, const struct checks *checks, const struct handover *handover);

/**
 * checks_print_unseen - print a line for each file that left checks without an answer, with these
 * checks; the first 16 files
 */
void checks_print_unseen(FILE *out, const struct checks *checks);

/**
 * checks_print_verdict - print "0000:01:00.0 can go to vfio-pci: 29 checks passed", or how many
 * answers are against it; nothing where there is no move
 */
void checks_print_verdict(FILE *out, const struct checks *checks, const struct handover *handover);

/** checks_print_kinds - print the text of "--waive help": a line per check */
_must_check_ int checks_print_kinds(struct error *e);
