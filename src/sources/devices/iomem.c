/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/iomem.h"

#include "base/text.h"

#include <string.h>

const char *iomem_lines(struct reading *reading)
{
	enum { IOMEM_MAX = 1 << 20 };
	size_t length;
	char *lines;
	int result;

	if (reading->iomem)
		return reading->iomem;
	result = root_read_all(reading->root, build_arena(reading->build), "/proc/iomem", IOMEM_MAX,
			       &lines, &length);
	/* After a failure each source reads again, so that the entry of each shows the failure. */
	if (result < 0 && !root_is_absence(result))
		return "";
	reading->iomem = result < 0 ? "" : lines;
	return reading->iomem;
}

/* A line of /proc/iomem. */
struct claim {
	uint64_t base;
	const char *name;
	size_t length;
};

/* Parse the line at *at, and go to the next one. Returns false at the end of the text. */
static bool next_claim(const char **at, struct claim *ret_claim)
{
	const char *line = *at, *start = line + strspn(line, " "), *colon = strstr(start, " : ");
	size_t whole = strcspn(line, "\n"), digits = strcspn(start, "-");
	char number[TEXT_NUMBER_SIZE] = "";

	*ret_claim = (struct claim){0};
	if (!*line)
		return false;
	*at = line + whole + (line[whole] == '\n');
	if (!colon || colon >= line + whole || digits >= sizeof(number))
		return true;
	memcpy(number, start, digits);
	if (!text_number(number, 16, &ret_claim->base))
		return true;
	ret_claim->name = colon + 3;
	ret_claim->length = (size_t)(line + whole - ret_claim->name);
	return true;
}

bool iomem_base(const char *lines, const char *name, uint64_t *ret_base)
{
	struct claim claim;

	while (next_claim(&lines, &claim)) {
		if (!claim.base || claim.length != strlen(name) ||
		    memcmp(claim.name, name, claim.length) != 0)
			continue;
		*ret_base = claim.base;
		return true;
	}
	return false;
}

const char *iomem_device(const char *lines, uint64_t base, struct arena *arena)
{
	struct claim claim;

	while (next_claim(&lines, &claim))
		if (claim.base && claim.base == base)
			return arena_text(arena, claim.name, claim.length);
	return NULL;
}
