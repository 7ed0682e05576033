/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/options.h"

#include "base/duration.h"
#include "base/suggest.h"
#include "base/text.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The words of --color, in the order of enum color_when. */
#define COLOR_WORDS "auto|always|never"

static int parse_color(struct options *options, const char *word, struct error *e)
{
	static const char words[] = COLOR_WORDS;
	int index = 0;

	for (const char *at = words; *at; at += strspn(at, "|"), index++) {
		size_t length = strcspn(at, "|");

		if (strlen(word) == length && memcmp(at, word, length) == 0) {
			options->color = (enum color_when)index;
			return 0;
		}
		at += length;
	}
	return error_set(e, ERROR_USAGE, 0, "--color takes " COLOR_WORDS ", not %s", word);
}

static int parse_print(struct options *options, const char *word, struct error *e)
{
	options->print = launch_form_find(word);
	return options->print ? 0
			      : error_set(e, ERROR_USAGE, 0,
					  "--print takes " LAUNCH_WORDS ", not %s", word);
}

/* Refuse a timeout of 0: every write would be left behind as pending. */
static int parse_timeout(struct options *options, const char *text, struct error *e)
{
	if (duration_parse(text, &options->timeout_ms))
		return 0;
	error_set(e, ERROR_USAGE, 0, "--timeout takes a time above 0, not %.100s", text);
	error_remedy(e, "Write seconds, or a number with a unit: 500ms, 5s, 2min");
	return -EINVAL;
}

static int parse_count(struct options *options, const char *text, struct error *e)
{
	uint64_t count;

	if (!text_number(text, 10, &count) || !count || count > INT_MAX)
		return error_set(e, ERROR_USAGE, 0, "--count takes a number above 0, not %.100s",
				 text);
	options->count = (int)count;
	return 0;
}

/* Counted as journalctl counts: 0 is this boot, -1 the one before. */
static int parse_boot(struct options *options, const char *text, struct error *e)
{
	uint64_t back;

	if (strcmp(text, "0") == 0)
		text = "-0";
	if (*text != '-' || !text_number(text + 1, 10, &back) || back > INT_MAX)
		return error_set(e, ERROR_USAGE, 0, "--boot takes 0, -1, -2 and so on, not %.100s",
				 text);
	options->boot = true;
	options->boots_back = (size_t)back;
	return 0;
}

static int add_waiver(struct options *options, const char *text, struct error *e)
{
	if (options->waive_count == WAIVE_MAX)
		return error_set(e, ERROR_USAGE, 0, "at most %d times --waive", WAIVE_MAX);
	options->waive[options->waive_count++] = text;
	return 0;
}

/* Commands that read one tree read the last that is named, as with other options. */
static int add_tree(struct options *options, const char *path, struct error *e)
{
	if (options->root_count == ROOTS_MAX)
		return error_set(e, ERROR_USAGE, 0,
				 "at most %d times --root; a folder of captures has no limit",
				 ROOTS_MAX);
	options->root = path;
	options->roots[options->root_count++] = path;
	return 0;
}

static int add_dtb(struct options *options, const char *path, struct error *e)
{
	if (options->dtb_count == FIRMWARE_FILES_MAX)
		return error_set(e, ERROR_USAGE, 0, "at most %d times --dtb", FIRMWARE_FILES_MAX);
	for (size_t i = 0; i < options->dtb_count; i++)
		if (strcmp(path, "-") == 0 && strcmp(options->dtb[i], "-") == 0)
			return error_set(e, ERROR_USAGE, 0,
					 "standard input can be read once: --dtb - stands twice");
	options->dtb[options->dtb_count++] = path;
	return 0;
}

#define OFFSET(member) .offset = offsetof(struct options, member)

const struct option_spec option_specs[] = {
	{"json", 'J', NULL, "print one JSON document",
	 SCOPE_READING | SCOPE_WAIT | SCOPE_WATCH | SCOPE_CHANGE | SCOPE_UNPIN, OFFSET(json)},
	{"output", 'o', "COLUMN,…", "print these columns; +COLUMN adds; \"help\" lists them",
	 SCOPE_TABLE, OFFSET(output)},
	{"output", 0, "FILE", "write to this file, which is replaced as a whole", SCOPE_METRICS,
	 OFFSET(output)},
	{"nfd", 0, "FILE", "write to this file, which is replaced as a whole", SCOPE_LABELS,
	 OFFSET(nfd)},
	{"no-headings", 'n', NULL, "print no headings", SCOPE_TABLE, OFFSET(no_headings)},
	{"raw", 'r', NULL, "one device per line, blanks escaped", SCOPE_TABLE, OFFSET(raw)},
	{"pairs", 'P', NULL, "KEY=\"value\" pairs, one device per line", SCOPE_TABLE,
	 OFFSET(pairs)},
	{"color", 0, COLOR_WORDS, "colour the table", SCOPE_TABLE, .parse = parse_color},
	{"quiet", 'q', NULL, "no notes on what could not be read", SCOPE_ALL, OFFSET(quiet)},
	{"verbose", 'v', NULL, "read and show everything", SCOPE_ALL, OFFSET(verbose)},
	{"root", 0, "FILE|DIR", "read a capture, packed or unpacked",
	 SCOPE_READING | SCOPE_METRICS | SCOPE_LABELS, .parse = add_tree},
	{"dtb", 0, "FILE", "read the devicetree blob of another machine; again: an overlay for it",
	 SCOPE_FIRMWARE, .parse = add_dtb},
	{"acpi", 0, "DIR|FILE",
	 "read the ACPI tables of another machine: a folder, one table, acpidump", SCOPE_FIRMWARE,
	 OFFSET(acpi)},
	{"log", 0, "FILE",
	 "read this log (dmesg, journalctl -k) in place of the machine's; - is standard input",
	 SCOPE_LOG, OFFSET(log)},
	{"follow", 0, NULL, "go on with the faults to come, a line each", SCOPE_FOLLOW,
	 OFFSET(follow)},
	{"list", 0, NULL, "list all codes of findings, with their worst severity and meaning",
	 SCOPE_DOCTOR, OFFSET(list)},
	{"apply", 0, NULL, "bind the devices that are not bound yet, as the service does at boot",
	 SCOPE_PINS, OFFSET(apply)},
	{"compile", 0, "FILE",
	 "write the list of early pins for an initramfs; - is standard output", SCOPE_PINS,
	 OFFSET(compile)},
	{"dot", 0, NULL, "print a graph for Graphviz in place of the table", SCOPE_DOT,
	 OFFSET(dot)},
	{"initial", 0, NULL, "begin with all that is there", SCOPE_WATCH, OFFSET(initial)},
	{"count", 0, "NUMBER", "end after so many events", SCOPE_WATCH, .parse = parse_count},
	{"count", 0, "NUMBER", "pin so many virtual functions of the device, each with DRIVER",
	 SCOPE_PIN, .parse = parse_count},
	{"ignore", 0, "KIND,…", "leave out differences of these kinds; \"help\" lists them",
	 SCOPE_DIFF, OFFSET(ignore)},
	{"overwrite", 0, NULL, "replace the file where it exists", SCOPE_CAPTURE,
	 OFFSET(overwrite)},
	{"keep", 0, NULL, "keep the capture as that of this boot, for diff --boot", SCOPE_CAPTURE,
	 OFFSET(keep)},
	{"with-serials", 0, NULL, "keep serial numbers, not digests of them", SCOPE_CAPTURE,
	 OFFSET(with_serials)},
	{"boot", 0, "NUMBER",
	 "compare with the capture kept of this boot: -1 is the one before, 0 this one", SCOPE_DIFF,
	 .parse = parse_boot},
	{"exit-code", 0, NULL, "exit status 8: there is something to report, 13: cannot tell",
	 SCOPE_EXIT_CODE, OFFSET(exit_code)},
	{"timeout", 0, "TIME", "how long to wait at most", SCOPE_WAIT | SCOPE_WATCH | SCOPE_CHANGE,
	 .parse = parse_timeout},
	{"patient", 0, NULL, "wait on although the condition cannot be met now", SCOPE_WAIT,
	 OFFSET(patient)},
	{"dry-run", 0, NULL, "make every check and print the plan, no more", SCOPE_DRY_RUN,
	 OFFSET(dry_run)},
	{"group", 0, NULL, "take members of the groups along that stand in the way", SCOPE_MOVE,
	 OFFSET(group)},
	{"all-matching", 0, NULL, "selectors may mean any number of devices", SCOPE_PLAN,
	 OFFSET(all_matching)},
	{"waive", 0, "ID[@DEVICE][:unknown],…", "go on although these checks refuse", SCOPE_PLAN,
	 .parse = add_waiver},
	{"all", 0, NULL,
	 "show: bridges and ports too; restore: all devices that were moved; unpin: all pins",
	 SCOPE_RESTORE | SCOPE_ALL_DEVICES | SCOPE_UNPIN, OFFSET(all)},
	{"driver", 0, "DRIVER",
	 "the driver of each virtual function; \"none\" leaves them without one", SCOPE_FUNCTIONS,
	 OFFSET(driver)},
	{"owner", 0, "USER[:GROUP]", "give the VFIO nodes of the devices to this user", SCOPE_OWNER,
	 OFFSET(owner)},
	{"name", 0, "NAME", "name of the pin, for one device", SCOPE_PIN, OFFSET(name)},
	{"type", 0, "TYPE", "pin the type of the domain of the groups too: DMA, DMA-FQ, identity",
	 SCOPE_PIN, OFFSET(type)},
	{"now", 0, NULL, "also move the devices now, which must not be in use", SCOPE_PIN,
	 OFFSET(now)},
	{"no-initramfs", 0, NULL, "leave the initramfs as it is: the service applies pins",
	 SCOPE_PIN | SCOPE_UNPIN, OFFSET(no_initramfs)},
	{"import-driverctl", 0, NULL, "pin the devices that driverctl has given to drivers",
	 SCOPE_PIN, OFFSET(import_driverctl)},
	{"print", 0, LAUNCH_WORDS, "print what a virtual machine gets the devices with",
	 SCOPE_PRINT, .parse = parse_print},
	{"help", 'h', NULL, "print this help", SCOPE_ALL, OFFSET(help)},
	{"version", 'V', NULL, "print the version", SCOPE_ALL, OFFSET(version)},
};
const size_t option_spec_count = ARRAY_SIZE(option_specs);
_Static_assert(ARRAY_SIZE(option_specs) <= OPTIONS_MAX, "room for every option");

/*
 * Make getopt_long's two forms of the table: letters for short options, and long options with their
 * index. A name that stands twice is one option, of the first row.
 */
static void list_options(struct option *long_options, char *letters)
{
	*letters++ = ':';
	for (size_t i = 0; i < option_spec_count; i++) {
		const struct option_spec *spec = &option_specs[i];

		if (i && strcmp(option_specs[i - 1].name, spec->name) == 0)
			continue;
		*long_options++ = (struct option){spec->name,
						  spec->argument ? required_argument : no_argument,
						  NULL, 256 + (int)i};
		if (!spec->letter)
			continue;
		*letters++ = spec->letter;
		if (spec->argument)
			*letters++ = ':';
	}
}

static size_t index_of(int answer)
{
	if (answer >= 256)
		return (size_t)answer - 256;
	for (size_t i = 0; i < option_spec_count; i++)
		if (option_specs[i].letter == answer)
			return i;
	return option_spec_count; /* not reached: getopt returns only letters of the table */
}

static int set_option(struct options *options, size_t index, struct error *e)
{
	const struct option_spec *spec = &option_specs[index];
	char *member = (char *)options + spec->offset;

	options->given[index] = true;
	if (spec->parse)
		return spec->parse(options, optarg, e);
	if (spec->argument)
		*(const char **)(void *)member = optarg;
	else
		*(bool *)member = true;
	return 0;
}

static bool suggest_option(const char *word, struct error *e)
{
	struct suggestion suggestion = {.word = word + strspn(word, "-")};

	for (size_t i = 0; i < option_spec_count; i++)
		suggest_name(&suggestion, option_specs[i].name);
	if (suggestion.nearest)
		error_remedy(e, "Did you mean --%s?", suggestion.nearest);
	return suggestion.nearest;
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
	if (!suggest_option(argv[optind - 1], e))
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

	list_options(long_options, letters);
	opterr = 0;
	/*
	 * After the first mistake the other options are still parsed: a later --json decides the
	 * form of the message.
	 */
	while ((answer = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		struct error *where = failed ? &ignored : e;
		int result = answer == '?' || answer == ':'
				     ? refuse_option(argv, answer, where)
				     : set_option(&options, index_of(answer), where);

		if (!failed)
			failed = result;
	}
	options.arguments = argv + optind;
	options.argument_count = argc - optind;
	if (!failed && options.dot && (options.json || options.raw || options.pairs))
		failed = error_set(e, ERROR_USAGE, 0,
				   "--dot excludes the other forms: --json, --raw and --pairs");
	if (!failed && options.raw && options.pairs)
		failed = error_set(e, ERROR_USAGE, 0, "--raw and --pairs exclude each other");
	if (!failed && !!options.root + !!options.dtb_count + !!options.acpi > 1)
		failed =
			error_set(e, ERROR_USAGE, 0, "--root, --dtb and --acpi exclude each other");
	*ret_options = options;
	return failed;
}

bool options_accept(unsigned scope, const char *name)
{
	for (size_t i = 0; i < option_spec_count; i++)
		if (option_specs[i].scope & (scope | SCOPE_ALL) &&
		    strcmp(option_specs[i].name, name) == 0)
			return true;
	return false;
}

bool options_color(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}
