/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommuctl - find the verb, run it, print the error, exit with a status of the contract */
#include "base/suggest.h"
#include "base/text.h"
#include "commands/command.h"
#include "commands/elsewhere.h"
#include "commands/help.h"
#include "commands/report.h"
#include "views/checks.h"
#include "views/differences.h"
#include "views/output.h"
#include "views/table.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int print_version(struct error *e)
{
	printf("iommuctl %s\n", IOMMUCTL_VERSION);
	return output_flush(e);
}

/* Words of other tools that do what a verb does under another name. */
static const struct {
	const char *word, *remedy;
} other_words[] = {
	{"list", "Did you mean show? \"iommuctl\" alone does the same."},
	{"ls", "Did you mean show? \"iommuctl\" alone does the same."},
	{"devices", "Did you mean show? \"iommuctl\" alone does the same."},
	{"groups", "Did you mean show? \"iommuctl show group:12\" has the members of one."},
	{"drivers", "Did you mean check DEVICE help? It lists the drivers for a device."},
	{"events", "Did you mean watch?"},
	{"log", "Did you mean faults, or watch?"},
	{"info", "Did you mean status DEVICE?"},
	{"bind", "Did you mean rebind DEVICE DRIVER?"},
	{"attach", "Did you mean rebind DEVICE vfio-pci?"},
	{"detach", "Did you mean rebind DEVICE vfio-pci, or unbind DEVICE?"},
	{"reset",
	 "VFIO resets a device that it opens. Did you mean restore DEVICE, or rescan DEVICE?"},
	{"undo", "Did you mean restore DEVICE, or recover?"},
};

static void suggest_verb(const char *name, struct error *e)
{
	struct suggestion suggestion = {.word = name};

	for (size_t i = 0; i < ARRAY_SIZE(other_words); i++) {
		if (strcmp(other_words[i].word, name) == 0) {
			error_remedy(e, "%s", other_words[i].remedy);
			return;
		}
	}
	for (size_t i = 0; i < command_count; i++)
		suggest_name(&suggestion, commands[i]->name);
	if (!suggest_remedy(&suggestion, e))
		error_remedy(e,
			     "\"iommuctl --help\" lists the commands; devices are shown by "
			     "\"iommuctl show %.100s\"",
			     name);
}

/* "help" is "--help", and "help VERB" the manual page. */
static void follow_help(struct options *options)
{
	if (!options->argument_count || strcmp(*options->arguments, "help") != 0)
		return;
	options->help = true;
	options->manual = true;
	options->arguments++;
	options->argument_count--;
}

/* Find the verb: the first argument, by default show. */
static int find_verb(struct options *options, const struct command **ret_command, struct error *e)
{
	const char *name;

	*ret_command = &command_show;
	if (!options->argument_count)
		return 0;
	name = *options->arguments++;
	options->argument_count--;
	*ret_command = find_command(name);
	if (*ret_command)
		return 0;
	error_set(e, ERROR_USAGE, 0, "unknown command %.100s", name);
	suggest_verb(name, e);
	return -EINVAL;
}

static int refuse_option_of(const struct options *options, const struct command *command,
			    const char *option, struct error *e)
{
	char sentence[128];

	snprintf(sentence, sizeof(sentence), "%s takes no option --%s", command->name, option);
	return strcmp(option, "root") == 0 ? elsewhere_refuse(options, command, sentence, e)
					   : error_set(e, ERROR_USAGE, 0, "%s", sentence);
}

static int check_options(const struct options *options, const struct command *command,
			 struct error *e)
{
	for (size_t i = 0; i < option_spec_count; i++)
		if (options->given[i] && !options_accept(command->scope, option_specs[i].name))
			return refuse_option_of(options, command, option_specs[i].name, e);
	return 0;
}

static bool option_is_given(const struct options *options, const char *name)
{
	for (size_t i = 0; i < option_spec_count; i++)
		if (options->given[i] && strcmp(option_specs[i].name, name) == 0)
			return true;
	return false;
}

static int check_argument_count(const struct options *options, const struct command *command,
				struct error *e)
{
	bool instead = command->instead && option_is_given(options, command->instead);
	int least = instead ? 0 : command->least_arguments;
	int most = instead ? 0 : command->most_arguments;

	/* With one word alone it is the last that is missing: a name, or one of several words. */
	if (options->argument_count && options->argument_count < least) {
		const char *last = strrchr(command->arguments, ' ') + 1;

		return error_set(e, ERROR_USAGE, 0, "%s needs %s %s after %.100s", command->name,
				 strchr(last, '|') ? "one of" : "a", last, *options->arguments);
	}
	if (options->argument_count < least)
		return error_set(e, ERROR_USAGE, 0, "%s needs %s", command->name,
				 command->arguments);
	if (most >= 0 && options->argument_count > most)
		return error_set(e, ERROR_USAGE, 0, "%s%s%s takes no argument %.100s",
				 command->name, instead ? " --" : "",
				 instead ? command->instead : "", options->arguments[most]);
	return 0;
}

static bool takes_selectors(const struct command *command)
{
	return strstr(command->arguments, "SELECTOR");
}

static bool asks_for_words(const char *argument)
{
	return argument && strcmp(argument, "help") == 0;
}

static int print_help(const struct options *options, const struct command *command, bool verb,
		      struct error *e)
{
	if (!verb)
		return help_print(e);
	return options->manual ? help_show_manual(command, e) : help_print_command(command, e);
}

static int run_command_line(struct options *options, const struct command **ret_command,
			    struct error *e)
{
	bool verb;
	int result;

	follow_help(options);
	verb = options->argument_count > 0;
	result = find_verb(options, ret_command, e);
	if (!*ret_command)
		return result;
	if (result == 0 && options->version)
		return print_version(e);
	if (result == 0 && options->help)
		return print_help(options, *ret_command, verb, e);
	if (result == 0)
		result = check_options(options, *ret_command, e);
	if (result < 0)
		return result;
	if ((*ret_command)->catalogue && asks_for_words(options->output))
		return catalogue_print((*ret_command)->catalogue, e);
	if (options->waive_count && asks_for_words(options->waive[0]))
		return checks_print_kinds(e);
	if (asks_for_words(options->ignore))
		return differences_print_kinds(e);
	if (takes_selectors(*ret_command) && options->argument_count > 0 &&
	    help_print_selectors(*options->arguments))
		return output_flush(e);
	result = check_argument_count(options, *ret_command, e);
	return result < 0 ? result : (*ret_command)->run(options, e);
}

/*
 * If the caller has closed an output, the next file that is opened would get its number, and
 * messages would be written into that file: the journal, or a file in sysfs. Occupied like this,
 * the three still fail on a write as closed ones do.
 */
static void occupy_closed_outputs(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", O_PATH);
}

int main(int argc, char **argv)
{
	const struct command *command = NULL;
	struct options options;
	struct error error = {0}, ignored;
	int result;

	occupy_closed_outputs();
	/* A write beyond the limit on file sizes fails with EFBIG, and does not end the process. */
	signal(SIGXFSZ, SIG_IGN);
	setlocale(LC_CTYPE, "");
	result = options_parse(argc, argv, &options, &error);
	if (result == 0)
		result = run_command_line(&options, &command, &error);
	else
		find_verb(&options, &command, &ignored);
	if (result >= 0)
		return result;
	return report_failure(&options, command ? command->document : NULL, &error);
}
