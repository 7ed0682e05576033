/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/log_lines.h"

#include "base/text.h"
#include "capture/secrets.h"
#include "model/firmware_table.h"
#include "model/iommu_kind.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool line_contains(struct span line, const char *word)
{
	return word && memmem(line.start, line.length, word, strlen(word));
}

/* True for lines of an IOMMU's driver, and about a table that describes IOMMUs. */
static bool is_of_iommu(struct span line)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);

	for (enum iommu_kind kind = 0; kind < IOMMU_KIND_COUNT; kind++)
		if (line_contains(line, iommu_log_prefix(kind)))
			return true;
	for (size_t i = 0; i < count; i++)
		if (line_contains(line, tables[i].signature))
			return true;
	return false;
}

static bool is_relevant(struct span line)
{
	static const char *const words[] = {
		"iommu",      "IOMMU",
		"smmu",	      "SMMU",
		"vfio",	      "VFIO",
		"stream",     "StreamID",
		"deferred",   "Command line",
		"supplier",   "dependency",
		"with error", "callbacks suppressed",
		"PASID",      "tegra241_cmdqv",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (line_contains(line, words[i]))
			return true;
	return is_of_iommu(line);
}

/*
 * Blank credentials in a line with the command line: "Kernel command line: quiet …" (init/main.c),
 * "Command line: …" (arch/x86/kernel/setup.c)
 */
static struct span blank_credentials(struct span line, struct arena *arena)
{
	return line_contains(line, "ommand line: ") ? secrets_blank_words(line, arena) : line;
}

const char *log_lines(const char *log, struct arena *arena, size_t *ret_length)
{
	const char *copy;
	char *lines = NULL;
	FILE *out = open_memstream(&lines, ret_length);

	if (!out)
		memory_exhausted();
	while (*log) {
		size_t length = strcspn(log, "\n");
		struct span line = {log, length};

		if (is_relevant(line)) {
			line = blank_credentials(line, arena);
			fprintf(out, "%.*s\n", (int)line.length, line.start);
		}
		log += length + (log[length] == '\n');
	}
	if (fclose(out) != 0)
		memory_exhausted();
	copy = arena_text(arena, lines, *ret_length);
	free(lines);
	return copy;
}
