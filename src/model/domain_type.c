/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/domain_type.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char TRANSLATED[] = "DMA", QUEUED[] = "DMA-FQ";
static const char *const words[] = {TRANSLATED, QUEUED, "identity", DOMAIN_TYPE_AUTO};

const char *domain_type_at(unsigned index)
{
	return index < ARRAY_SIZE(words) ? words[index] : NULL;
}

const char *domain_type_spelling(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(word, words[i]) == 0)
			return words[i];
	return NULL;
}

bool domain_type_is_set(const char *now, const char *wanted)
{
	return now && strcmp(now, wanted) == 0;
}

bool domain_type_is_changeable(const char *now)
{
	return strcmp(now, DOMAIN_TYPE_AUTO) != 0 && domain_type_spelling(now);
}

bool domain_type_needs_no_unbind(const char *now, const char *wanted)
{
	return domain_type_is_set(now, TRANSLATED) && strcmp(wanted, QUEUED) == 0;
}
