/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report - print that a command failed */
#pragma once

#include "commands/options.h"
#include "views/json.h"

/**
 * report_failure - one line to standard error; with --json also the document to standard output,
 * unless writing that failed
 * @kind: the keys of the document, or NULL: without a command there are none but the error
 * Returns: the exit status.
 */
_must_check_ int report_failure(const struct options *options, const struct document_kind *kind,
				const struct error *e);
