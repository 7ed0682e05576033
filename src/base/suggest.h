/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suggest - "did you mean": the nearest of several names to a word that is none of them */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/**
 * struct suggestion - the nearest name so far
 * @word: the word of the user     @nearest: borrowed, or NULL while none is near enough
 * @distance: the edits from @word to @nearest
 */
struct suggestion {
	const char *word;
	const char *nearest;
	unsigned distance;
};

/**
 * suggest_name - offer a name of the kind that @suggestion->word should be
 * Names within two edits count, but not if all letters of a short word would change.
 */
void suggest_name(struct suggestion *suggestion, const char *name);

/** suggest_remedy - set "Did you mean …?" as the next step; false, without a change, for none */
bool suggest_remedy(const struct suggestion *suggestion, struct error *e);
