/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command - one verb; main.c has the table of all */
#pragma once

#include "commands/options.h"
#include "views/catalogue.h"
#include "views/json.h"

enum { EXAMPLES_MAX = 4 };

/**
 * struct command - a row of that table
 * @arguments: for the usage line, such as "[SELECTOR…]"     @summary: one line
 * @examples: what to type after "iommuctl", at most EXAMPLES_MAX lines; NULL ends them
 * @scope: options that it accepts, in addition to those of SCOPE_ALL
 * @least_arguments: 0 none needed     @most_arguments: -1 any number
 * @instead: an option with which it takes no arguments, or NULL
 * @catalogue: columns for -o, or NULL
 * @document: keys of its JSON document, with which it is printed empty if the command fails
 * @run: returns 0, a positive exit status (--exit-code, or a failure that it has printed), or a
 * negative errno with @e set; prints its own result, never the error
 */
struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	const char *examples[EXAMPLES_MAX];
	unsigned scope;
	int least_arguments, most_arguments;
	const char *instead;
	const struct catalogue *catalogue;
	const struct document_kind *document;
	int (*run)(const struct options *options, struct error *e);
};

/* The verbs in the order of --help: the declarations below and the table of main.c follow from it.
 */
#define COMMANDS(ROW) \
	ROW(show)     \
	ROW(status)   \
	ROW(iommus)   \
	ROW(streams)  \
	ROW(deferred) \
	ROW(faults)   \
	ROW(doctor)   \
	ROW(diff)     \
	ROW(check)    \
	ROW(rebind)   \
	ROW(unbind)   \
	ROW(restore)  \
	ROW(rescan)   \
	ROW(vfs)      \
	ROW(domain)   \
	ROW(recover)  \
	ROW(pin)      \
	ROW(unpin)    \
	ROW(pins)     \
	ROW(watch)    \
	ROW(wait)     \
	ROW(capture)  \
	ROW(metrics)  \
	ROW(labels)

#define COMMAND_DECLARED(verb) extern const struct command command_##verb;
COMMANDS(COMMAND_DECLARED)
#undef COMMAND_DECLARED
