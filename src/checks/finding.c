/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/finding.h"

#include <stdlib.h>
#include <string.h>

void findings_add(struct findings *findings, struct arena *arena, struct finding finding)
{
	findings->items = arena_grow(arena, findings->items, findings->count, &findings->room,
				     sizeof(*findings->items));
	findings->items[findings->count++] = finding;
}

void findings_sort(struct findings *findings)
{
	struct finding *sorted = calloc(findings->count + 1, sizeof(*sorted));
	size_t count = 0;

	if (!sorted)
		memory_exhausted();
	for (unsigned rank = SEVERITY_COUNT; rank > 0; rank--)
		for (size_t i = 0; i < findings->count; i++)
			if (findings->items[i].severity == (enum severity)(rank - 1))
				sorted[count++] = findings->items[i];
	if (count)
		memcpy(findings->items, sorted, count * sizeof(*sorted));
	free(sorted);
}

enum severity findings_worst(const struct findings *findings)
{
	enum severity worst = SEVERITY_NOTE;

	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity > worst)
			worst = findings->items[i].severity;
	return worst;
}
