/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked before devices are moved: the list of all questions. */
#include "checks/check.h"
#include "checks/in_use.h"
#include "checks/will_work.h"

/* Those of one move, into the order of the ids; few, and nearly there. */
static void sort(struct check *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct check check = items[i];
		size_t j = i;

		for (; j && items[j - 1].id > check.id; j--)
			items[j] = items[j - 1];
		items[j] = check;
	}
}

struct checks checks_run(const struct handover *handover, struct arena *arena)
{
	static void (*const questions[])(struct checking *) = {
		check_in_use,
		check_virtual_functions,
		check_container,
		check_unbindable,
		check_driver,
		check_driver_match,
		check_module_blacklisted,
		check_module_takes_others,
		check_override,
		check_bridge,
		check_denylist,
		check_group,
		check_viable,
		check_reserved_region,
		check_interrupts,
		check_group_in_use,
		check_deferred,
		check_vf_token,
		check_reset,
		check_power,
		check_identity,
		check_memlock,
	};
	struct checks checks = {0};
	struct checking checking = {.handover = handover, .arena = arena, .checks = &checks};

	for (size_t i = 0; i < handover->move_count; i++) {
		size_t first = checks.count;

		checking.move = &handover->moves[i];
		if (!move_changes(checking.move))
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(questions); j++)
			questions[j](&checking);
		if (checks.count > first)
			sort(checks.items + first, checks.count - first);
	}
	return checks;
}
