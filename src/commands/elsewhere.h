/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elsewhere - commands that are named to a reader of a captured tree: they have its --root,
 * and a command that takes no --root leads to the one that answers for the tree
 */
#pragma once

#include "commands/command.h"

/**
 * elsewhere_refuse - refuse --root, with the command to type as the remedy
 * @sentence: why @command takes no --root
 * Returns: -EINVAL
 */
_must_check_ int elsewhere_refuse(const struct options *options, const struct command *command,
				  const char *sentence, struct error *e) _nonnull_();

/** elsewhere_command - "iommuctl VERB" to type next, for the tree that @options read */
const char *elsewhere_command(const struct options *options, const char *verb, struct arena *arena)
	_nonnull_();
