/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/plan_parts.h"

#include "actions/domain_file.h"
#include "actions/look.h"
#include "actions/owner_rule.h"
#include "base/text.h"

#include <string.h>

enum {
	/* the most steps of a move: unbind, bind, three overrides around them, and the owner */
	STEPS_PER_MOVE = 6,
};

static const char *copy_for_plan(const struct planner *planner, const char *text)
{
	return arena_strdup(planner->arena, text);
}

static const char *file_of_driver(const struct planner *planner, const char *driver,
				  const char *name)
{
	return device_driver_file(planner->arena, planner->device, driver, name);
}

struct step *plan_step(struct planner *planner, enum action action)
{
	struct step *step = &planner->steps[planner->step_count++];

	*step = (struct step){.action = action, .target = (int)planner->target_count};
	return step;
}

void plan_unbind(struct planner *planner)
{
	struct step *step = plan_step(planner, ACTION_UNBIND);

	step->file = file_of_driver(planner, planner->driver, "unbind");
	step->undo_file = file_of_driver(planner, planner->driver, "bind");
	step->value = step->undo_value = copy_for_plan(planner, planner->device->name);
	step->undo_driver = copy_for_plan(planner, planner->driver);
	planner->driver = NULL;
}

void plan_bind(struct planner *planner, const char *driver)
{
	struct step *step = plan_step(planner, ACTION_BIND);

	step->file = file_of_driver(planner, driver, "bind");
	step->undo_file = file_of_driver(planner, driver, "unbind");
	step->value = step->undo_value = copy_for_plan(planner, planner->device->name);
	step->expect_driver = copy_for_plan(planner, driver);
	planner->driver = driver;
}

void plan_override(struct planner *planner, const char *override)
{
	struct step *step = plan_step(planner, ACTION_OVERRIDE);

	step->file = step->undo_file =
		arena_printf(planner->arena, "%s/driver_override", planner->device->path);
	step->value = override ? copy_for_plan(planner, override) : "";
	step->undo_value = planner->override ? copy_for_plan(planner, planner->override) : "";
	step->expect_driver = step->undo_driver = copy_for_plan(planner, planner->driver);
	planner->override = override;
}

static void change_override(struct planner *planner, const char *override)
{
	if (!same_text(planner->override, override))
		plan_override(planner, override);
}

/* True where the user waived the check for a driver whose device table lacks the device. */
static bool is_forced(const struct planner *planner, const struct move *move)
{
	for (size_t i = 0; i < planner->checks->count; i++) {
		const struct check *check = &planner->checks->items[i];

		if (check->id == CHECK_DRIVER_MATCH && check->device == move->device &&
		    check->waived)
			return true;
	}
	return false;
}

/*
 * The override with which a driver accepts the device: its own name, or none for a native driver.
 */
static const char *override_to_bind(const struct planner *planner, const struct move *move)
{
	if (same_text(move->override, move->driver) || is_forced(planner, move))
		return move->driver;
	return NULL;
}

/*
 * The override while the device has no driver: the new driver's name if that is needed for its bind
 * anyway, else a name that no driver has. NULL where the bus has no overrides. While the type of
 * the group is written no driver at all may be bound.
 */
static const char *override_between(const struct planner *planner, const struct move *move)
{
	const struct traits *traits = move->device->traits;
	const char *name = move->driver ? override_to_bind(planner, move) : NULL;

	if (name && !handover_domain(planner->handover, move->device->group))
		return name;
	return traits && traits->has_override == ANSWER_YES ? OVERRIDE_NONE : planner->override;
}

/*
 * The override comes first: a process that writes to drivers_probe in a loop can bind a device as
 * soon as it has no driver, but only the driver that the override names. execute.c undoes a move by
 * the same rule.
 */
static bool is_unbound_first(const struct move *move)
{
	return (move_changes(move) || move->released) && move->device->driver;
}

/* Let the next steps be about the device of @move in that state. */
static void turn_to_move(struct planner *planner, const struct move *move, const char *driver,
			 const char *override)
{
	planner->target_count = (size_t)(move - planner->handover->moves);
	planner->device = move->device;
	planner->driver = driver;
	planner->override = override;
}

void plan_owner(struct planner *planner, const char *rule, const char *before)
{
	const struct device *device = planner->device;
	struct step *step = plan_step(planner, ACTION_OWNER);

	step->file = step->undo_file = owner_rule_file(planner->arena, device->bus, device->name);
	step->value = rule ? copy_for_plan(planner, rule) : "";
	step->undo_value = before ? copy_for_plan(planner, before) : "";
	step->expect_driver = step->undo_driver = copy_for_plan(planner, planner->driver);
}

/* The next hand-over of a device must not find a rule of the last one: it goes first. */
static void plan_first_half(struct planner *planner, const struct move *move)
{
	turn_to_move(planner, move, move->device->driver, move->device->driver_override);
	if (move->owner_before && !move->owner)
		plan_owner(planner, NULL, move->owner_before);
	if (!is_unbound_first(move))
		return;
	change_override(planner, override_between(planner, move));
	plan_unbind(planner);
}

/* The rest, from the state in which the first half leaves the device. */
static void plan_second_half(struct planner *planner, const struct move *move)
{
	const struct device *device = move->device;
	bool unbound = is_unbound_first(move);

	turn_to_move(planner, move, unbound ? NULL : device->driver,
		     unbound ? override_between(planner, move) : device->driver_override);
	if ((move_changes(move) || unbound) && move->driver) {
		change_override(planner, override_to_bind(planner, move));
		plan_bind(planner, move->driver);
	}
	change_override(planner, move->override);
	if (move->owner && !same_text(move->owner, move->owner_before))
		plan_owner(planner, move->owner, move->owner_before);
}

/* The file is named by the device, as the number of a group can become that of another one. */
static void plan_domain(struct planner *planner, const struct domain_change *domain)
{
	const struct move *move = handover_move(planner->handover, domain->device);
	const char *driver = is_unbound_first(move) ? NULL : domain->device->driver;
	struct step *step;

	turn_to_move(planner, move, driver, NULL);
	step = plan_step(planner, ACTION_DOMAIN);
	step->file = step->undo_file = domain_type_file(planner->arena, domain->device->path);
	step->value = copy_for_plan(planner, domain->type);
	step->undo_value = copy_for_plan(planner, domain->group->type);
	step->expect_driver = step->undo_driver = copy_for_plan(planner, driver);
}

/*
 * All members that move are unbound before the type is written, and bound afterwards. Where their
 * drivers stay bound meanwhile, nothing is between the two halves but the write.
 */
static void plan_group(struct planner *planner, const struct domain_change *domain)
{
	const struct handover *handover = planner->handover;
	const struct group *group = domain->group;
	const struct move *move;

	for (size_t i = 0; i < group->device_count; i++)
		if ((move = handover_move(handover, group->devices[i])))
			plan_first_half(planner, move);
	plan_domain(planner, domain);
	for (size_t i = 0; i < group->device_count; i++)
		if ((move = handover_move(handover, group->devices[i])))
			plan_second_half(planner, move);
}

struct target target_of_move(const struct move *move, struct arena *arena)
{
	const struct device *device = move->device;

	return (struct target){
		.label = arena_strdup(arena, device->label),
		.bus = arena_strdup(arena, device->bus),
		.name = arena_strdup(arena, device->name),
		.path = arena_strdup(arena, device->path),
		.vendor_id = device->vendor_id,
		.device_id = device->device_id,
		.driver = arena_strdup(arena, device->driver),
		.driver_override = arena_strdup(arena, device->driver_override),
		.group = device->group ? device->group->id : -1,
		.new_driver = arena_strdup(arena, move->driver),
		.new_override = arena_strdup(arena, move->override),
		.interfaces = arena_join(arena, device->interfaces, device->interface_count, ","),
		.network = device->uses ? arena_join(arena, device->uses->settings,
						     device->uses->setting_count, "\n")
					: NULL,
		.taken_along = move->taken_along,
		.inode = device->traits ? device->traits->inode : 0,
	};
}

static bool is_planned(const struct planner *planner, const char *module)
{
	for (size_t i = 0; i < planner->step_count; i++)
		if (strcmp(planner->steps[i].value, module) == 0)
			return true;
	return false;
}

void plan_modules(struct planner *planner, const char *bus, const char *driver)
{
	const struct driver *known =
		driver ? system_driver(planner->handover->system, bus, driver) : NULL;

	for (size_t i = 0; known && i < known->module_count; i++) {
		const struct module *module = &known->modules[i];
		struct step *step;

		if (module->state != MODULE_NOT_LOADED || is_planned(planner, module->name))
			continue;
		step = plan_step(planner, ACTION_LOAD);
		step->target = -1;
		step->value = copy_for_plan(planner, module->name);
	}
}

size_t plan_modules_most(const struct system *system)
{
	size_t count = 0;

	for (size_t i = 0; i < system->driver_count; i++)
		count += system->drivers[i].module_count;
	return count;
}

struct plan rebind_plan(const struct handover *handover, const struct checks *checks,
			struct arena *arena)
{
	size_t most = handover->move_count;
	struct target *targets = arena_array(arena, most, sizeof(*targets));
	struct planner planner = {
		.handover = handover,
		.checks = checks,
		.arena = arena,
		.targets = targets,
		.steps = arena_array(arena,
				     most * STEPS_PER_MOVE + handover->domain_count +
					     plan_modules_most(handover->system),
				     sizeof(struct step)),
	};

	for (size_t i = 0; i < most; i++)
		if (move_changes(&handover->moves[i]))
			plan_modules(&planner, handover->moves[i].device->bus,
				     handover->moves[i].driver);
	for (size_t i = 0; i < most; i++) {
		targets[i] = target_of_move(&handover->moves[i], arena);
		if (handover_domain(handover, handover->moves[i].device->group))
			continue;
		plan_first_half(&planner, &handover->moves[i]);
		plan_second_half(&planner, &handover->moves[i]);
	}
	for (size_t i = 0; i < handover->domain_count; i++)
		if (handover->domains[i].group && handover->domains[i].group->type)
			plan_group(&planner, &handover->domains[i]);
	return (struct plan){
		.verb = handover->verb,
		.targets = targets,
		.target_count = most,
		.steps = planner.steps,
		.step_count = planner.step_count,
	};
}
