/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report - tell that a command failed
 */
#pragma once

#include "commands/options.h"
#include "views/json.h"

/**
 * report_failure - one line for eyes; under --json the document on standard output too, unless that
 * is what failed
 * @document: what there is to say besides the error, or NULL
 * Returns: the exit status.
 */
int report_failure(const struct options *options, const struct document *document,
		   const struct error *e);
