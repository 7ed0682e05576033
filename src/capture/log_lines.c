/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/log_lines.h"

#include "base/text.h"
#include "model/firmware_table.h"
#include "model/iommu_kind.h"

#include <stdbool.h>
#include <string.h>

static bool has(struct span line, const char *word)
{
	return word && memmem(line.start, line.length, word, strlen(word));
}

/* Lines of an IOMMU's driver, or about a table that describes IOMMUs. */
static bool is_of_iommu(struct span line)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);

	for (enum iommu_kind kind = 0; kind < IOMMU_KIND_COUNT; kind++)
		if (has(line, iommu_log_prefix(kind)))
			return true;
	for (size_t i = 0; i < count; i++)
		if (has(line, tables[i].signature))
			return true;
	return false;
}

static bool is_relevant(struct span line)
{
	static const char *const words[] = {
		"iommu",  "IOMMU",    "smmu",	      "SMMU",	  "vfio",	"VFIO",
		"stream", "deferred", "Command line", "supplier", "dependency", "with error",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (has(line, words[i]))
			return true;
	return is_of_iommu(line);
}

const char *log_lines(const char *log, struct arena *arena, size_t *ret_length)
{
	char *lines = arena_alloc(arena, strlen(log) + 2);
	size_t used = 0;

	while (*log) {
		size_t length = strcspn(log, "\n");

		if (is_relevant((struct span){log, length})) {
			memcpy(lines + used, log, length);
			used += length;
			lines[used++] = '\n';
		}
		log += length + (log[length] == '\n');
	}
	*ret_length = used;
	return lines;
}
