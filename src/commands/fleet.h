/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fleet - the findings of many captures, the worst machine first
 *
 * Each capture is read in a process of its own, two or more at a time: a capture is not trusted,
 * and the memory for it is gone with its process. Its text is kept in a file without a name until
 * all are done, so that the order is that of their findings.
 */
#pragma once

#include "checks/code.h"
#include "commands/options.h"
#include "views/json.h"

/**
 * struct verdict - what was found on one machine
 * @counts: of findings, by severity     @blind: a needed source could not be read
 */
struct verdict {
	size_t counts[SEVERITY_COUNT];
	bool blind;
};

/** a function that prints the findings of the machine below options->root, and sets its verdict */
typedef int fleet_judge(const struct options *options, struct verdict *ret_verdict,
			struct error *e);

/** fleet_is_asked - true where --root stands more than once, or names a folder of captures */
bool fleet_is_asked(const struct options *options);

/**
 * fleet_print - judge each capture, and print what @judge prints of it below its name; with --json
 * a line for each: {"root": its name, "document": what @judge prints}
 * @kind: of the documents     @ret_verdict: of all together
 * Returns: 0; the exit status 1 where a capture could not be judged: the others are printed, and
 * standard error has their number; ERROR_IO where nothing can be printed.
 */
_must_check_ int fleet_print(const struct options *options, fleet_judge *judge,
			     const struct document_kind *kind, struct verdict *ret_verdict,
			     struct error *e);
