/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unread - sources that an answer rests on and that could not be read: "none" needs all of them
 */
#pragma once

#include "model/system.h"

/**
 * source_unread - the first of @names, @count of them, that is there and could not be read in full;
 * or NULL
 * A source that this machine does not have (a firmware table), or that no fact needs, is no such
 * source.
 */
const struct source *source_unread(const struct system *system, const char *const *names,
				   size_t count);
