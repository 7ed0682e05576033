/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/finding.h"

#include <string.h>

void findings_add(struct findings *findings, struct arena *arena, struct finding finding)
{
	struct finding *items = findings->items;

	/* The old array stays in the arena: findings are few. */
	if (findings->count == findings->room) {
		findings->room = findings->room ? findings->room * 2 : 16;
		findings->items = arena_array(arena, findings->room, sizeof(*items));
		if (findings->count)
			memcpy(findings->items, items, findings->count * sizeof(*items));
	}
	findings->items[findings->count++] = finding;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[SEVERITY_COUNT] = {
		[SEVERITY_NOTE] = "note",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ALARM] = "alarm",
	};
	return names[severity];
}
