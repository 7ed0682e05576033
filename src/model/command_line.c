/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/command_line.h"

#include "base/cleanup.h"

#include <string.h>

bool command_line_iommu_off(const char *line)
{
	static const char *const words[] = {"intel_iommu=off", "amd_iommu=off", "iommu=off"};

	for (size_t i = 0; line && i < ARRAY_SIZE(words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

bool command_line_next(const char **at, struct span *ret_word)
{
	const char *start = *at ? *at + strspn(*at, " \t\n") : "", *end = start;

	if (!*start)
		return false;
	for (bool quoted = false; *end && (quoted || !strchr(" \t\n", *end)); end++)
		quoted ^= *end == '"';
	*ret_word = (struct span){start, (size_t)(end - start)};
	*at = end;
	return true;
}
