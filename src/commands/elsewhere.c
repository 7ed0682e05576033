/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/elsewhere.h"

#include "base/text.h"

#include <stdio.h>

/*
 * The command that answers for a captured tree.
 * @arguments: the most words of the user that it takes     @last: one more word, or NULL
 */
static const struct elsewhere {
	const struct command *command;
	const char *verb;
	int arguments;
	const char *last;
} elsewhere[] = {
	{&command_rebind, "check", INT32_MAX, NULL}, {&command_unbind, "check", INT32_MAX, "none"},
	{&command_pin, "check", INT32_MAX, NULL},    {&command_unpin, "pins", 0, NULL},
	{&command_restore, "status", 1, NULL},	     {&command_rescan, "status", 1, NULL},
	{&command_domain, "status", 1, NULL},	     {&command_wait, "status", 1, NULL},
	{&command_watch, "show", INT32_MAX, NULL},   {&command_vfs, "vfs", 1, NULL},
	{&command_recover, "doctor", 0, NULL},
};

static const struct elsewhere *row_of_command(const struct command *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++)
		if (elsewhere[i].command == command)
			return &elsewhere[i];
	return NULL;
}

static void write_verb(FILE *out, const char *verb, const struct options *options)
{
	fprintf(out, "iommuctl %s", verb);
	if (!options->root)
		return;
	fputs(" --root ", out);
	text_put_quoted(out, options->root);
}

static void write_command(FILE *out, const struct elsewhere *row, const struct options *options)
{
	/* With --all there is no device: the overview has them. */
	bool overview = row->arguments == 1 && !options->argument_count && !row->last;

	write_verb(out, overview ? "show" : row->verb, options);
	for (int i = 0; i < row->arguments && i < options->argument_count; i++) {
		putc(' ', out);
		text_put_quoted(out, options->arguments[i]);
	}
	if (row->last)
		fprintf(out, " %s", row->last);
}

int elsewhere_refuse(const struct options *options, const struct command *command,
		     const char *sentence, struct error *e)
{
	const struct elsewhere *row = row_of_command(command);
	_autofree_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int result = error_set(e, ERROR_USAGE, 0, "%s", sentence);

	if (!out)
		memory_exhausted();
	if (row)
		write_command(out, row, options);
	if (fclose(out) != 0)
		memory_exhausted();
	if (row)
		error_remedy(e, "For a captured tree: %s", text);
	return result;
}

const char *elsewhere_command(const struct options *options, const char *verb, struct arena *arena)
{
	_autofree_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		memory_exhausted();
	write_verb(out, verb, options);
	if (fclose(out) != 0)
		memory_exhausted();
	return arena_strdup(arena, text);
}
