/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disguise - what stands in a capture in place of network addresses and serial numbers
 *
 * The same address gets the same replacement in the whole capture, so that two files that name it
 * still agree; a link-local address stays link-local. 198.18.0.0/15 and 2001:db8::/32 belong to no
 * network (RFC 2544, RFC 3849).
 *
 * A serial becomes a digest of it, which is the same in all captures of the machine, so that a pin
 * still means its card there. It hides the serial from readers, not from a program that tries all
 * serials of a vendor.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "model/identity.h"

#include <stdio.h>

struct disguise;

/** disguise_new - a disguise without replacements; lives as long as @arena */
_must_check_ struct disguise *disguise_new(struct arena *arena);

/** disguise_write - write the made-up address for @address */
void disguise_write(struct disguise *disguise, FILE *out, struct span address);

/** disguise_arena - the arena for texts of which a part is replaced: that of disguise_new, or of
 * disguise_write_into */
struct arena *disguise_arena(const struct disguise *disguise);

/** disguise_write_into - from now on such texts are made in @arena */
void disguise_write_into(struct disguise *disguise, struct arena *arena);

/**
 * disguise_set_machine - mix @words, which name the machine, into digests
 * @words: must stay as long as the disguise
 */
void disguise_set_machine(struct disguise *disguise, const char *words);

/** disguise_keep_serials - from now on disguise_serial returns the serial itself */
void disguise_keep_serials(struct disguise *disguise);

/**
 * disguise_serial - "digest-0123456789abcdef" for the serial of a device with those IDs, -1 none
 * Letter case does not count. A digest, or a serial that an older capture left out, stays.
 */
const char *disguise_serial(struct disguise *disguise, int32_t vendor_id, int32_t device_id,
			    struct serial serial);
