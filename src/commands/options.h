/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options - the command line as a value, parsed by one table for all commands
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/** enum option_scope - which commands take an option */
enum option_scope {
	SCOPE_ALL = 1 << 0,
	SCOPE_TABLE = 1 << 1,	/* commands that print a table */
	SCOPE_READING = 1 << 2, /* commands that read a tree */
	SCOPE_CAPTURE = 1 << 3,
	SCOPE_FIRMWARE = 1 << 4,  /* commands that read firmware of another machine */
	SCOPE_EXIT_CODE = 1 << 5, /* commands whose answer may be "nothing" */
	SCOPE_WAIT = 1 << 6,
	SCOPE_CHANGE = 1 << 7, /* commands that change the machine */
	SCOPE_PLAN = 1 << 8,   /* commands that plan a change */
	SCOPE_MOVE = 1 << 9,   /* of these, the ones that name a driver or none */
	SCOPE_DRY_RUN = 1 << 10,
	SCOPE_RESTORE = 1 << 11,
	SCOPE_QEMU = 1 << 12,
};

struct options;

/**
 * struct option_spec - all that is said of an option: the parser, --help and by it the completions
 * go by the row, and a test holds the manual against --help
 * @letter: 0: long form only     @argument: NULL: a switch
 * @offset: of the member of struct options: a bool for a switch, else a const char *
 * @parse: for an argument that is more than text; then @offset says nothing
 */
struct option_spec {
	const char *name;
	char letter;
	const char *argument;
	const char *help;
	unsigned scope;
	size_t offset;
	int (*parse)(struct options *options, const char *text, struct error *e);
};

extern const struct option_spec option_specs[];
extern const size_t option_spec_count;

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum { OPTIONS_MAX = 32, WAIVE_MAX = 32 };

/**
 * struct options - what was asked for; strings are borrowed from argv
 * @arguments: what is not an option, the command's name first where there is one
 * @timeout_ms: at least 1; -1 where none was given
 * @given: by index of option_specs
 */
struct options {
	bool json, no_headings, raw, pairs, quiet, verbose, overwrite, help, version;
	bool exit_code, patient;
	bool dry_run, group, all_matching, all, print_qemu;
	enum color_when color;
	const char *output;
	const char *root;
	const char *dtb;
	const char *acpi;
	int timeout_ms;
	const char *waive[WAIVE_MAX];
	size_t waive_count;
	char **arguments;
	int argument_count;
	bool given[OPTIONS_MAX];
};

/**
 * options_parse - fill in @ret_options; reorders argv
 * Returns: 0, or ERROR_USAGE. ret_options->json is right even then.
 */
int options_parse(int argc, char **argv, struct options *ret_options, struct error *e);

/** options_color - true where output to a terminal, NO_COLOR and --color together want colours */
bool options_color(const struct options *options);
