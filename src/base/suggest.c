/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/suggest.h"

#include "base/text.h"

#include <string.h>

enum { EDITS_MAX = 2 };

void suggest_name(struct suggestion *suggestion, const char *name)
{
	unsigned distance = text_distance(suggestion->word, name, EDITS_MAX);

	if (distance > EDITS_MAX || distance >= strlen(suggestion->word))
		return;
	if (suggestion->nearest && distance >= suggestion->distance)
		return;
	suggestion->nearest = name;
	suggestion->distance = distance;
}

bool suggest_remedy(const struct suggestion *suggestion, struct error *e)
{
	if (!suggestion->nearest)
		return false;
	error_remedy(e, "Did you mean %s?", suggestion->nearest);
	return true;
}
