/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options - the command line as a value, parsed by one table for all commands
 */
#pragma once

#include "base/error.h"
#include "views/launch.h"

#include <stdbool.h>
#include <stddef.h>

/** enum option_scope - the commands that accept an option */
enum option_scope {
	SCOPE_ALL = 1 << 0,
	SCOPE_TABLE = 1 << 1,	/* option of commands that print a table */
	SCOPE_READING = 1 << 2, /* option of commands that read a tree */
	SCOPE_CAPTURE = 1 << 3,
	/* option of commands that read firmware files of another machine */
	SCOPE_FIRMWARE = 1 << 4,
	SCOPE_EXIT_CODE = 1 << 5, /* option of commands whose answer may be empty */
	SCOPE_WAIT = 1 << 6,
	SCOPE_CHANGE = 1 << 7, /* option of commands that change the machine */
	SCOPE_PLAN = 1 << 8,   /* option of commands that plan a change */
	SCOPE_MOVE = 1 << 9,   /* option of those planning commands that name a driver or none */
	SCOPE_DRY_RUN = 1 << 10,
	SCOPE_RESTORE = 1 << 11,
	SCOPE_PRINT = 1 << 12, /* option of commands after which devices can be handed on */
	SCOPE_LOG = 1 << 13,   /* option of commands that read the kernel log */
	SCOPE_FOLLOW = 1 << 14,
	SCOPE_DOCTOR = 1 << 15,
	SCOPE_ALL_DEVICES = 1 << 16, /* option of commands that leave out bridges and the like */
	SCOPE_METRICS = 1 << 17,     /* option of commands that write samples for Prometheus */
	SCOPE_PINS = 1 << 18,
	SCOPE_DIFF = 1 << 19,	/* option of commands that report differences */
	SCOPE_LABELS = 1 << 20, /* option of commands that write labels for Kubernetes */
	SCOPE_DOT = 1 << 21,
	SCOPE_WATCH = 1 << 22,
	SCOPE_PIN = 1 << 23,
	SCOPE_UNPIN = 1 << 24,
	SCOPE_FUNCTIONS = 1 << 25, /* option of commands that make virtual functions */
	SCOPE_OWNER = 1 << 26,	   /* option of commands that give VFIO nodes to a user */
};

struct options;

/**
 * struct option_spec - one option: the parser and --help use the row, completions use --help, and a
 * test compares the manual with --help
 * @name: two rows that follow each other may have it, with different @scope, for an argument that
 * means something else there     @letter: 0: long form only     @argument: NULL: a switch
 * @offset: of the member of struct options: a bool for a switch, else a const char *
 * @parse: for an argument that is not just text; then @offset is not used
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

/** enum color_when - the words of --color, in their order (COLOR_WORDS in options.c) */
enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum { OPTIONS_MAX = 48, WAIVE_MAX = 32, FIRMWARE_FILES_MAX = 64, ROOTS_MAX = 256 };

/**
 * struct options - the parsed command line; strings are borrowed from argv
 * @arguments: words that are no options, the command's name first if there is one
 * @manual: with @help, the manual page     @root: the last of @roots, or NULL
 * @timeout_ms: at least 1; -1 without that option     @count: at least 1; 0 without that option
 * @boots_back: 0 for this boot, with @boot set     @given: by index of option_specs
 */
struct options {
	bool json, no_headings, raw, pairs, quiet, verbose, overwrite, help, manual, version;
	bool exit_code, patient;
	bool dry_run, group, all_matching, all, follow, list, dot, apply, now, initial;
	bool keep, boot, no_initramfs, with_serials, import_driverctl;
	size_t boots_back;
	enum color_when color;
	enum launch_form print;
	const char *output;
	const char *root;
	const char *roots[ROOTS_MAX];
	size_t root_count;
	const char *dtb[FIRMWARE_FILES_MAX];
	size_t dtb_count;
	const char *acpi;
	const char *log;
	const char *ignore;
	const char *nfd;
	const char *name;
	const char *compile;
	const char *driver;
	const char *owner;
	const char *type;
	int timeout_ms;
	int count;
	const char *waive[WAIVE_MAX];
	size_t waive_count;
	char **arguments;
	int argument_count;
	bool given[OPTIONS_MAX];
};

/**
 * options_parse - set @ret_options; reorders argv
 * Returns: 0, or ERROR_USAGE. ret_options->json is valid even then.
 */
_must_check_ int options_parse(int argc, char **argv, struct options *ret_options, struct error *e);

/** options_accept - true where a command with that scope takes the option @name */
bool options_accept(unsigned scope, const char *name) _nonnull_();

/**
 * options_color - true where the output is coloured: by --color, else on a terminal without
 * NO_COLOR
 */
bool options_color(const struct options *options);
