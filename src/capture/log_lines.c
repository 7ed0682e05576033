/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/log_lines.h"

#include "model/iommu_kind.h"

#include <stdbool.h>
#include <string.h>

/* Of the driver of an IOMMU, by what its lines begin with. */
static bool is_of_iommu(const char *line, size_t length)
{
	for (enum iommu_kind kind = 0; kind < IOMMU_KIND_COUNT; kind++) {
		const char *prefix = iommu_log_prefix(kind);

		if (prefix && memmem(line, length, prefix, strlen(prefix)))
			return true;
	}
	return false;
}

static bool is_relevant(const char *line, size_t length)
{
	static const char *const words[] = {
		"iommu", "IOMMU",    "smmu",	     "SMMU",	   "vfio",
		"VFIO",	 "deferred", "Command line", "supplier",   "stream",
		"IORT",	 "VIOT",     "IVRS",	     "dependency", "with error",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (memmem(line, length, words[i], strlen(words[i])))
			return true;
	return is_of_iommu(line, length);
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
