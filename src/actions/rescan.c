/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/rescan.h"

#include "actions/rebind.h"
#include "base/root.h"
#include "base/text.h"
#include "model/pci.h"

#include <stdio.h>
#include <string.h>

enum {
	/* the most steps for a target: remove, rescan, override, probe */
	STEPS_PER_TARGET = 4,
	/* drivers_autoprobe off and on */
	STEPS_OF_ALL = 2,
};

static bool is_below_named(const struct system *system, const bool *named,
			   const struct device *device)
{
	char above[PATH_SIZE], *slash;

	if (!device_is_pci(device))
		return false;
	snprintf(above, sizeof(above), "%s", device->path);
	while ((slash = strrchr(above, '/')) && slash != above) {
		const struct device *parent;

		*slash = '\0';
		parent = system_device(system, above);
		if (parent && named[parent->index])
			return true;
	}
	return false;
}

/* Tell the first move of a group which type that had before iommuctl changed it. */
static void note_first_type(const struct handover *handover, struct move *moves,
			    const struct remembered *known)
{
	const struct device *there = system_device(handover->system, known->path);

	if (!there || !there->group || !remembered_is(known, there))
		return;
	for (size_t i = 0; i < handover->move_count; i++)
		if (moves[i].device->group == there->group) {
			moves[i].first_type = known->domain_type;
			return;
		}
}

struct handover rescan_moves(const struct request *request, const struct system *system,
			     const struct memory *memory, const bool *named, struct arena *arena)
{
	struct move *moves = arena_array(arena, system->device_count, sizeof(*moves));
	struct handover handover = {.system = system,
				    .verb = request->verb,
				    .moves = moves,
				    .dry_run = request->dry_run,
				    .in_order = true,
				    .removes = true};

	for (size_t i = 0; i < system->device_count; i++)
		if (named[i] || is_below_named(system, named, system->devices[i]))
			moves[handover.move_count++] = (struct move){
				.device = system->devices[i],
				.taken_along = !named[i],
			};
	for (const struct remembered *known = memory->first; known; known = known->next)
		if (known->domain_type)
			note_first_type(&handover, moves, known);
	return handover;
}

/* A plan while it is made. */
struct rescan_planner {
	const struct handover *handover;
	struct arena *arena;
	struct target *targets;
	struct step *steps;
	size_t step_count;
};

static struct step *append_step(struct rescan_planner *planner, enum action action, int target,
				const char *file, const char *value)
{
	struct step *step = &planner->steps[planner->step_count++];

	*step = (struct step){.action = action, .target = target, .file = file, .value = value};
	return step;
}

/* A device goes with the chosen device above it. */
static bool goes_with_another(const struct rescan_planner *planner, size_t index)
{
	const struct handover *handover = planner->handover;

	for (size_t i = 0; i < handover->move_count; i++)
		if (text_is_below(planner->targets[index].path, planner->targets[i].path))
			return true;
	return false;
}

/* The file rescan of the bus that a device is on: ".../0000:00:01.0/pci_bus/0000:01/rescan" */
static const char *rescan_file(const struct rescan_planner *planner, const struct target *target)
{
	size_t above = strlen(target->path) - strlen(text_basename(target->path)) - 1;
	const char *colon = strrchr(target->name, ':');
	size_t bus = colon ? (size_t)(colon - target->name) : 0;

	return arena_printf(planner->arena, "%.*s/pci_bus/%.*s/rescan", (int)above, target->path,
			    (int)bus, target->name);
}

static void plan_removals(struct rescan_planner *planner)
{
	for (size_t i = 0; i < planner->handover->move_count; i++) {
		const struct target *target = &planner->targets[i];
		struct step *step;

		if (goes_with_another(planner, i))
			continue;
		step = append_step(planner, ACTION_REMOVE, (int)i,
				   arena_concat(planner->arena, target->path, "/", "remove"), "1");
		step->undo_file = rescan_file(planner, target);
		step->undo_value = "1";
		step->undo_driver = target->driver;
	}
}

static bool is_searched(const struct rescan_planner *planner, const char *file)
{
	for (size_t i = 0; i < planner->step_count; i++)
		if (planner->steps[i].action == ACTION_RESCAN &&
		    strcmp(planner->steps[i].file, file) == 0)
			return true;
	return false;
}

static void plan_searches(struct rescan_planner *planner)
{
	size_t removals = planner->step_count;

	for (size_t i = 0; i < removals; i++)
		if (planner->steps[i].action == ACTION_REMOVE &&
		    !is_searched(planner, planner->steps[i].undo_file))
			append_step(planner, ACTION_RESCAN, -1, planner->steps[i].undo_file, "1");
}

static void plan_overrides(struct rescan_planner *planner)
{
	for (size_t i = 0; i < planner->handover->move_count; i++) {
		const struct target *target = &planner->targets[i];

		if (target->driver_override)
			append_step(
				planner, ACTION_OVERRIDE, (int)i,
				arena_concat(planner->arena, target->path, "/", "driver_override"),
				target->driver_override)
				->expect_driver = target->driver;
	}
}

/* With autoprobe off only this binds a driver. A device that was without one stays so. */
static void plan_probes(struct rescan_planner *planner)
{
	for (size_t i = 0; i < planner->handover->move_count; i++) {
		const struct target *target = &planner->targets[i];

		if (target->driver || planner->handover->moves[i].device->state != DEVICE_UNBOUND)
			append_step(planner, ACTION_PROBE, (int)i, PCI_PROBE, target->name)
				->expect_driver = target->driver;
	}
}

static bool has_overrides(const struct rescan_planner *planner)
{
	for (size_t i = 0; i < planner->handover->move_count; i++)
		if (planner->targets[i].driver_override)
			return true;
	return false;
}

static void plan_steps(struct rescan_planner *planner)
{
	bool overrides = has_overrides(planner);

	if (overrides) {
		struct step *step = append_step(planner, ACTION_AUTOPROBE, -1, PCI_AUTOPROBE, "0");

		step->undo_file = PCI_AUTOPROBE;
		step->undo_value = "1";
	}
	plan_removals(planner);
	plan_searches(planner);
	if (!overrides)
		return;
	plan_overrides(planner);
	append_step(planner, ACTION_AUTOPROBE, -1, PCI_AUTOPROBE, "1");
	plan_probes(planner);
}

struct plan rescan_plan(const struct handover *handover, struct arena *arena)
{
	size_t count = handover->move_count;
	struct rescan_planner planner = {
		.handover = handover,
		.arena = arena,
		.targets = arena_array(arena, count, sizeof(struct target)),
		.steps = arena_array(arena, count * STEPS_PER_TARGET + STEPS_OF_ALL,
				     sizeof(struct step)),
	};

	for (size_t i = 0; i < count; i++) {
		struct target *target = &planner.targets[i];

		*target = target_of_move(&handover->moves[i], arena);
		target->new_driver = target->driver;
		target->new_override = target->driver_override;
	}
	if (count)
		plan_steps(&planner);
	return (struct plan){
		.verb = handover->verb,
		.targets = planner.targets,
		.target_count = count,
		.steps = planner.steps,
		.step_count = planner.step_count,
	};
}
