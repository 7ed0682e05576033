/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/log_lines.h"

#include <stdbool.h>
#include <string.h>

static bool is_relevant(const char *line, size_t length)
{
	static const char *const words[] = {
		"iommu", "IOMMU", "smmu",     "SMMU",	      "DMAR",	    "AMD-Vi",
		"vfio",	 "VFIO",  "deferred", "Command line", "supplier",   "stream",
		"IORT",	 "VIOT",  "IVRS",     "dependency",   "with error",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (memmem(line, length, words[i], strlen(words[i])))
			return true;
	return false;
}

const char *log_lines(const char *log, struct arena *arena, size_t *ret_length)
{
	char *lines = arena_alloc(arena, strlen(log) + 2);
	size_t used = 0;

	while (*log) {
		size_t length = strcspn(log, "\n");

		if (is_relevant(log, length)) {
			memcpy(lines + used, log, length);
			used += length;
			lines[used++] = '\n';
		}
		log += length + (log[length] == '\n');
	}
	*ret_length = used;
	return lines;
}
