/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/options.h"

#include "base/duration.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Indexes of option_specs; getopt_long hands them back. */
enum {
	OPTION_JSON,
	OPTION_OUTPUT,
	OPTION_NO_HEADINGS,
	OPTION_RAW,
	OPTION_PAIRS,
	OPTION_COLOR,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_ROOT,
	OPTION_DTB,
	OPTION_ACPI,
	OPTION_OVERWRITE,
	OPTION_EXIT_CODE,
	OPTION_TIMEOUT,
	OPTION_PATIENT,
	OPTION_DRY_RUN,
	OPTION_GROUP,
	OPTION_ALL_MATCHING,
	OPTION_WAIVE,
	OPTION_ALL,
	OPTION_PRINT_QEMU,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT,
};

const struct option_spec option_specs[] = {
	[OPTION_JSON] = {"json", 'J', NULL, "print one JSON document",
			 SCOPE_READING | SCOPE_WAIT | SCOPE_CHANGE},
	[OPTION_OUTPUT] = {"output", 'o', "COLUMN,…",
			   "print these columns; +COLUMN adds; \"help\" lists them", SCOPE_TABLE},
	[OPTION_NO_HEADINGS] = {"no-headings", 'n', NULL, "print no headings", SCOPE_TABLE},
	[OPTION_RAW] = {"raw", 'r', NULL, "a device a line, blanks escaped", SCOPE_TABLE},
	[OPTION_PAIRS] = {"pairs", 'P', NULL, "KEY=\"value\" pairs, a device a line", SCOPE_TABLE},
	[OPTION_COLOR] = {"color", 0, "auto|always|never", "colour the table", SCOPE_TABLE},
	[OPTION_QUIET] = {"quiet", 'q', NULL, "no notes on what could not be read", SCOPE_ALL},
	[OPTION_VERBOSE] = {"verbose", 'v', NULL, "read and show everything", SCOPE_ALL},
	[OPTION_ROOT] = {"root", 0, "DIR", "read the captured tree below DIR", SCOPE_READING},
	[OPTION_DTB] = {"dtb", 0, "FILE",
			"read the devicetree blob of another machine; - is standard input",
			SCOPE_FIRMWARE},
	[OPTION_ACPI] = {"acpi", 0, "DIR", "read the ACPI tables of another machine",
			 SCOPE_FIRMWARE},
	[OPTION_OVERWRITE] = {"overwrite", 0, NULL, "replace the file where it exists",
			      SCOPE_CAPTURE},
	[OPTION_EXIT_CODE] = {"exit-code", 0, NULL,
			      "exit status 8: there is something to report, 13: cannot tell",
			      SCOPE_EXIT_CODE},
	[OPTION_TIMEOUT] = {"timeout", 0, "TIME", "how long to wait at most",
			    SCOPE_WAIT | SCOPE_CHANGE},
	[OPTION_PATIENT] = {"patient", 0, NULL, "wait on where it cannot come true as things are",
			    SCOPE_WAIT},
	[OPTION_DRY_RUN] = {"dry-run", 0, NULL, "make every check and print the plan, no more",
			    SCOPE_DRY_RUN},
	[OPTION_GROUP] = {"group", 0, NULL,
			  "take members of the groups along that stand in the way", SCOPE_MOVE},
	[OPTION_ALL_MATCHING] = {"all-matching", 0, NULL,
				 "selectors may mean any number of devices", SCOPE_PLAN},
	[OPTION_WAIVE] = {"waive", 0, "ID[@DEVICE][:unknown],…", "go on in spite of these checks",
			  SCOPE_PLAN},
	[OPTION_ALL] = {"all", 0, NULL, "all devices that iommuctl has moved", SCOPE_RESTORE},
	[OPTION_PRINT_QEMU] = {"print-qemu", 0, NULL, "print the arguments for QEMU", SCOPE_QEMU},
	[OPTION_HELP] = {"help", 'h', NULL, "print this help", SCOPE_ALL},
	[OPTION_VERSION] = {"version", 'V', NULL, "print the version", SCOPE_ALL},
};
const size_t option_spec_count = ARRAY_SIZE(option_specs);
_Static_assert(ARRAY_SIZE(option_specs) <= OPTIONS_MAX, "room for every option");

/* getopt's two views of the table; short options take letters, long ones the index. */
static void describe(struct option *long_options, char *letters)
{
	*letters++ = ':';
	for (size_t i = 0; i < option_spec_count; i++) {
		const struct option_spec *spec = &option_specs[i];

		long_options[i] = (struct option){spec->name,
						  spec->argument ? required_argument : no_argument,
						  NULL, 256 + (int)i};
		if (!spec->letter)
			continue;
		*letters++ = spec->letter;
		if (spec->argument)
			*letters++ = ':';
	}
}

static int index_of(int answer)
{
	if (answer >= 256)
		return answer - 256;
	for (size_t i = 0; i < option_spec_count; i++)
		if (option_specs[i].letter == answer)
			return (int)i;
	return OPTION_COUNT;
}

static int parse_color(const char *word, enum color_when *ret_color, struct error *e)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret_color = (enum color_when)i;
			return 0;
		}
	}
	return error_set(e, ERROR_USAGE, 0, "--color takes auto, always or never, not %s", word);
}

/* A timeout of 0 would leave every write behind as pending. */
static int parse_timeout(const char *text, int *ret_timeout_ms, struct error *e)
{
	if (duration_parse(text, ret_timeout_ms))
		return 0;
	error_set(e, ERROR_USAGE, 0, "--timeout takes a time above 0, not %.100s", text);
	error_remedy(e, "Write seconds, or a number with a unit: 500ms, 5s, 2min");
	return -EINVAL;
}

static int add_waiver(struct options *options, const char *text, struct error *e)
{
	if (options->waive_count == WAIVE_MAX)
		return error_set(e, ERROR_USAGE, 0, "at most %d times --waive", WAIVE_MAX);
	options->waive[options->waive_count++] = text;
	return 0;
}

static int take_option(struct options *options, int index, struct error *e)
{
	options->given[index] = true;
	switch (index) {
	case OPTION_JSON:
		options->json = true;
		break;
	case OPTION_OUTPUT:
		options->output = optarg;
		break;
	case OPTION_NO_HEADINGS:
		options->no_headings = true;
		break;
	case OPTION_RAW:
		options->raw = true;
		break;
	case OPTION_PAIRS:
		options->pairs = true;
		break;
	case OPTION_COLOR:
		return parse_color(optarg, &options->color, e);
	case OPTION_QUIET:
		options->quiet = true;
		break;
	case OPTION_VERBOSE:
		options->verbose = true;
		break;
	case OPTION_ROOT:
		options->root = optarg;
		break;
	case OPTION_DTB:
		options->dtb = optarg;
		break;
	case OPTION_ACPI:
		options->acpi = optarg;
		break;
	case OPTION_OVERWRITE:
		options->overwrite = true;
		break;
	case OPTION_EXIT_CODE:
		options->exit_code = true;
		break;
	case OPTION_TIMEOUT:
		return parse_timeout(optarg, &options->timeout_ms, e);
	case OPTION_PATIENT:
		options->patient = true;
		break;
	case OPTION_DRY_RUN:
		options->dry_run = true;
		break;
	case OPTION_GROUP:
		options->group = true;
		break;
	case OPTION_ALL_MATCHING:
		options->all_matching = true;
		break;
	case OPTION_WAIVE:
		return add_waiver(options, optarg, e);
	case OPTION_ALL:
		options->all = true;
		break;
	case OPTION_PRINT_QEMU:
		options->print_qemu = true;
		break;
	case OPTION_HELP:
		options->help = true;
		break;
	case OPTION_VERSION:
		options->version = true;
		break;
	}
	return 0;
}

static int refuse_option(char **argv, int answer, struct error *e)
{
	int result;

	if (answer == ':')
		result = error_set(e, ERROR_USAGE, 0, "option %s needs an argument",
				   argv[optind - 1]);
	else if (optopt && optopt < 256)
		result = error_set(e, ERROR_USAGE, 0, "unknown option -%c", optopt);
	else
		result = error_set(e, ERROR_USAGE, 0, "unknown option %s", argv[optind - 1]);
	error_remedy(e, "\"iommuctl --help\" lists the options.");
	return result;
}

int options_parse(int argc, char **argv, struct options *ret_options, struct error *e)
{
	struct option long_options[ARRAY_SIZE(option_specs) + 1] = {0};
	char letters[2 * ARRAY_SIZE(option_specs) + 2] = {0};
	struct options options = {.timeout_ms = -1};
	struct error ignored;
	int answer, failed = 0;

	describe(long_options, letters);
	opterr = 0;
	/* After the first mistake the rest is still read: a later --json decides how it is told. */
	while ((answer = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		struct error *where = failed ? &ignored : e;
		int result = answer == '?' || answer == ':'
				     ? refuse_option(argv, answer, where)
				     : take_option(&options, index_of(answer), where);

		if (!failed)
			failed = result;
	}
	options.arguments = argv + optind;
	options.argument_count = argc - optind;
	if (!failed && options.raw && options.pairs)
		failed = error_set(e, ERROR_USAGE, 0, "--raw and --pairs exclude each other");
	if (!failed && !!options.root + !!options.dtb + !!options.acpi > 1)
		failed =
			error_set(e, ERROR_USAGE, 0, "--root, --dtb and --acpi exclude each other");
	*ret_options = options;
	return failed;
}

bool options_color(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}
