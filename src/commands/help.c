/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/help.h"

#include "commands/manual.h"
#include "model/select_kind.h"
#include "views/output.h"
#include "views/screen.h"

#include <stdio.h>
#include <string.h>

#define COMMAND_LISTED(verb) &command_##verb,
const struct command *const commands[] = {COMMANDS(COMMAND_LISTED)};
#undef COMMAND_LISTED
const size_t command_count = ARRAY_SIZE(commands);

/* The exit statuses of the contract, and the options by which a command shows that it has them. */
static const struct {
	int status;
	unsigned scope;
	const char *meaning;
} statuses[] = {
	{0, ~0U, "done, or nothing to do"},
	{1, ~0U, "failed for a reason that no other status names"},
	{2, ~0U, "the command line is wrong"},
	{3, SCOPE_PLAN, "a check refuses: nothing was touched"},
	{4, SCOPE_CHANGE, "failed or interrupted half-way, and rolled back"},
	{5, SCOPE_CHANGE, "not rolled back in full: run \"iommuctl recover\""},
	{6, SCOPE_TABLE | SCOPE_PLAN | SCOPE_UNPIN, "no such device, group, IOMMU or pin"},
	{7, SCOPE_WAIT | SCOPE_WATCH, "time ran out"},
	{8, SCOPE_EXIT_CODE, "with --exit-code: there is something to report"},
	{9, ~0U, "not permitted: needs root, or the kernel is locked down"},
	{10, SCOPE_CHANGE, "another iommuctl is changing the machine"},
	{11, SCOPE_CHANGE, "an earlier change is unfinished: run \"iommuctl recover\""},
	{12, SCOPE_WAIT, "the condition cannot be met now"},
	{13, SCOPE_EXIT_CODE, "with --exit-code: a needed source could not be read"},
};

/* The field width for printf, which counts bytes, so that @text takes @columns on the screen. */
static int padded(int columns, const char *text)
{
	return columns + (int)(strlen(text) - text_columns(text));
}

static void print_options(unsigned scope)
{
	for (size_t i = 0; i < option_spec_count; i++) {
		const struct option_spec *spec = &option_specs[i];
		char left[64];

		if (!(spec->scope & scope))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", spec->name, spec->argument ? " " : "",
			 spec->argument ? spec->argument : "");
		printf("  %c%c%s %-*s %s\n", spec->letter ? '-' : ' ',
		       spec->letter ? spec->letter : ' ', spec->letter ? "," : " ",
		       padded(34, left), left, spec->help);
	}
}

static void print_statuses(unsigned scope)
{
	printf("\nExit status:\n");
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].scope & scope)
			printf("  %2d  %s\n", statuses[i].status, statuses[i].meaning);
}

int help_print_command(const struct command *command, struct error *e)
{
	printf("Usage: iommuctl [OPTION…] %s %s\n%s\n\nOptions:\n", command->name,
	       command->arguments, command->summary);
	print_options(command->scope | SCOPE_ALL);
	printf("\nExamples:\n");
	for (size_t i = 0; i < ARRAY_SIZE(command->examples) && command->examples[i]; i++)
		printf("  iommuctl %s\n", command->examples[i]);
	print_statuses(command->scope);
	return output_flush(e);
}

bool help_print_selectors(const char *selector)
{
	const char *text, *word;
	const struct select_kind *kind = select_kind_of(selector, &text);

	if (!kind || !kind->known_word || strcmp(text, "help") != 0)
		return false;
	for (size_t i = 0; (word = kind->known_word(i)); i++)
		printf("%s%s\n", kind->prefix, word);
	return true;
}

int help_show_manual(const struct command *command, struct error *e)
{
	int result;

	manual_show(command->name);
	result = help_print_command(command, e);
	if (result < 0)
		return result;
	puts("\nThis is the short help: man(1) or the page iommuctl(8) is not installed.");
	return output_flush(e);
}

int help_print(struct error *e)
{
	printf("Usage: iommuctl [OPTION…] [COMMAND] [ARGUMENT…]\n"
	       "IOMMU groups and their devices: state, causes and remedies.\n\nCommands:\n");
	for (size_t i = 0; i < command_count; i++)
		printf("  %-10s %-*s %s\n", commands[i]->name, padded(20, commands[i]->arguments),
		       commands[i]->arguments, commands[i]->summary);
	printf("\nWithout a command: show. Options:\n");
	print_options(~0U);
	printf("\n\"iommuctl COMMAND --help\" has examples and exit statuses. The manual is "
	       "iommuctl(8).\n");
	return output_flush(e);
}
