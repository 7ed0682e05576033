/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_parts - steps about one device; only for rebind_plan.c and vfs_plan.c */
#pragma once

#include "actions/rebind.h"

/**
 * struct planner - a plan while it is made
 * @target_count: also the index of the target that the next steps are about
 * @device: the current device     @driver, @override: its state after the steps so far
 */
struct planner {
	const struct handover *handover;
	const struct checks *checks;
	struct arena *arena;
	struct target *targets;
	size_t target_count;
	struct step *steps;
	size_t step_count;
	const struct device *device;
	const char *driver, *override;
};

/** plan_step - add a step about the current target; its other members are zero */
struct step *plan_step(struct planner *planner, enum action action);

/** plan_unbind, plan_bind - add a step that unbinds the current driver, or binds @driver */
void plan_unbind(struct planner *planner);
void plan_bind(struct planner *planner, const char *driver);

/** plan_override - add a step that sets driver_override, also to the value that it has; NULL none
 */
void plan_override(struct planner *planner, const char *override);

/**
 * plan_owner - add a step that writes a rule about the owner of the VFIO nodes, or removes it
 * @rule, @before: of owner_rule.h; NULL none
 */
void plan_owner(struct planner *planner, const char *rule, const char *before);

/** plan_modules - add a step for each module of @driver that is not loaded, and not in the plan */
void plan_modules(struct planner *planner, const char *bus, const char *driver);

/** plan_modules_most - the most steps that plan_modules can add */
size_t plan_modules_most(const struct system *system);
