/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elsewhere - commands that take no --root lead to the one that answers for a captured tree */
#pragma once

#include "commands/command.h"

/**
 * elsewhere_refuse - refuse --root, with the command to type as the remedy
 * @sentence: why @command takes no --root
 * Returns: -EINVAL
 */
_must_check_ int elsewhere_refuse(const struct options *options, const struct command *command,
				  const char *sentence, struct error *e) _nonnull_();
