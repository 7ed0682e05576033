/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/finding.h"

void findings_add(struct findings *findings, struct arena *arena, struct finding finding)
{
	findings->items = arena_grow(arena, findings->items, findings->count, &findings->room,
				     sizeof(*findings->items));
	findings->items[findings->count++] = finding;
}
