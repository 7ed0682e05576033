/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disguise - made-up network addresses in place of real ones
 *
 * The same address gets the same replacement in the whole capture, so that two files that name it
 * still agree; a link-local address stays link-local. 198.18.0.0/15 and 2001:db8::/32 belong to no
 * network (RFC 2544, RFC 3849).
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"

#include <stdio.h>

struct disguise;

/** disguise_new - a disguise without replacements; lives as long as @arena */
_must_check_ struct disguise *disguise_new(struct arena *arena);

/**
 * disguise_write - write the made-up address for @address
 * @address: must stay as long as the disguise
 */
void disguise_write(struct disguise *disguise, FILE *out, struct span address);

/** disguise_arena - the arena that @disguise was made in */
struct arena *disguise_arena(const struct disguise *disguise);
