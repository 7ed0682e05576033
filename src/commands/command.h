/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command - one verb; main.c has the table of all */
#pragma once

#include "commands/options.h"
#include "views/catalogue.h"
#include "views/json.h"

/**
 * struct command - a row of that table
 * @arguments: for the usage line, such as "[SELECTOR…]"     @summary: one line
 * @scope: options that it accepts, in addition to those of SCOPE_ALL
 * @least_arguments: 0 none needed     @most_arguments: -1 any number
 * @catalogue: columns for -o, or NULL
 * @document: keys of its JSON document, without rows: printed if the command fails
 * @run: returns 0, a positive exit status (--exit-code, or a failure that it has printed), or a
 * negative errno with @e set; prints its own result, never the error
 */
struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	unsigned scope;
	int least_arguments, most_arguments;
	const struct catalogue *catalogue;
	const struct document *document;
	int (*run)(const struct options *options, struct error *e);
};

extern const struct command command_show;
extern const struct command command_iommus;
extern const struct command command_streams;
extern const struct command command_deferred;
extern const struct command command_check;
extern const struct command command_rebind;
extern const struct command command_unbind;
extern const struct command command_restore;
extern const struct command command_recover;
extern const struct command command_wait;
extern const struct command command_capture;
