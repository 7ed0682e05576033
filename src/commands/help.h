/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help - the text of --help, for all commands and for one; the completions read it */
#pragma once

#include "commands/command.h"

/** commands - all verbs in the order of --help, command_count of them */
extern const struct command *const commands[];
extern const size_t command_count;

/** help_print - print the commands and all options */
_must_check_ int help_print(struct error *e);

/**
 * help_show_manual - the manual page of a command; without one, help_print_command and a word
 * It returns only without one.
 */
_must_check_ int help_show_manual(const struct command *command, struct error *e);

/**
 * help_print_selectors - print the selectors of a kind that has a list of words: the answer to
 * "class:help"
 * Returns: false, without output, where @selector is none of these.
 */
bool help_print_selectors(const char *selector) _nonnull_();

/** help_print_command - print the options, examples and exit statuses of one command */
_must_check_ int help_print_command(const struct command *command, struct error *e);
