/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/vfs.h"

#include "actions/plan_parts.h"
#include "actions/vf_target.h"
#include "model/sriov.h"
#include "model/vfio_driver.h"

enum {
	/* the most steps for a virtual function: owner, override, unbind; override, bind, override
	 */
	STEPS_PER_FUNCTION = 6,
	/* drivers_autoprobe off and on, count 0 and the new count */
	STEPS_OF_PHYSICAL = 4,
	/* the target of the physical function; those of virtual functions follow it by number */
	PHYSICAL = 0,
};

/*
 * A plan while it is made. @before, @after: how many virtual functions there are
 * @binds: each gets the driver of the request
 */
struct functions_planner {
	struct planner planner;
	const struct request *request;
	const struct device *physical;
	struct device *functions;
	size_t before, after;
	bool binds;
};

static const char *copy_of(struct functions_planner *functions, const char *text)
{
	return arena_strdup(functions->planner.arena, text);
}

static void plan_switch(struct functions_planner *functions, enum action action, const char *file,
			const char *value, const char *undo_value)
{
	struct planner *planner = &functions->planner;
	struct step *step;

	planner->target_count = PHYSICAL;
	step = plan_step(planner, action);
	step->file = step->undo_file =
		arena_concat(planner->arena, functions->physical->path, "/", file);
	step->value = value;
	step->undo_value = undo_value;
	step->expect_driver = step->undo_driver = copy_of(functions, functions->physical->driver);
}

static void plan_autoprobe(struct functions_planner *functions, bool on)
{
	if (functions->physical->sriov->autoprobe == ANSWER_YES)
		plan_switch(functions, ACTION_VF_AUTOPROBE, "sriov_drivers_autoprobe",
			    on ? "1" : "0", on ? "0" : "1");
}

static void plan_count(struct functions_planner *functions, size_t count, size_t before)
{
	struct arena *arena = functions->planner.arena;

	plan_switch(functions, ACTION_VF_COUNT, "sriov_numvfs", arena_printf(arena, "%zu", count),
		    arena_printf(arena, "%zu", before));
}

/* Let the next steps be about a virtual function in that state. */
static struct planner *turn_to_function(struct functions_planner *functions, size_t number,
					const char *driver, const char *override)
{
	struct planner *planner = &functions->planner;

	planner->target_count = PHYSICAL + 1 + number;
	planner->device = &functions->functions[number];
	planner->driver = driver;
	planner->override = override;
	return planner;
}

/* The rule about the owner of a function that is removed: it must not give the next one away. */
static const char *owner_of_function(const struct functions_planner *functions, size_t number)
{
	const struct handover *handover = functions->planner.handover;
	const struct device *there =
		system_device(handover->system, functions->physical->sriov->functions[number].path);
	const struct move *move = there ? handover_move(handover, there) : NULL;

	return move ? move->owner_before : NULL;
}

/*
 * Removal deletes the override, and the undo has to find the step that sets it: so there is one
 * also where it is "none" already.
 */
static void plan_release(struct functions_planner *functions, size_t number)
{
	const struct device *function = &functions->functions[number];
	struct planner *planner =
		turn_to_function(functions, number, function->driver, function->driver_override);
	const char *owner = owner_of_function(functions, number);

	if (owner)
		plan_owner(planner, NULL, owner);
	if (!planner->driver && !planner->override)
		return;
	plan_override(planner, OVERRIDE_NONE);
	if (planner->driver)
		plan_unbind(planner);
}

/* No driver that mediates is for PCI (model/vfio_driver.c), where virtual functions are. */
static const char *override_of_new(const struct request *request)
{
	if (!request->driver)
		return OVERRIDE_NONE;
	return driver_name_is_vfio(request->driver) ? request->driver : NULL;
}

/*
 * With autoprobe off the kernel binds only a driver that the override names
 * (drivers/pci/pci-driver.c: pci_device_can_probe), also where bind is written.
 */
static void plan_new(struct functions_planner *functions, size_t number)
{
	const struct request *request = functions->request;
	struct planner *planner = turn_to_function(functions, number, NULL, NULL);

	plan_override(planner, request->driver ? request->driver : OVERRIDE_NONE);
	if (!request->driver)
		return;
	plan_bind(planner, request->driver);
	if (!override_of_new(request))
		plan_override(planner, NULL);
}

static void plan_functions(struct functions_planner *functions)
{
	bool quiet = functions->before || functions->binds;

	if (functions->binds)
		plan_modules(&functions->planner, functions->physical->bus,
			     functions->request->driver);
	if (quiet)
		plan_autoprobe(functions, false);
	for (size_t i = 0; i < functions->before; i++)
		plan_release(functions, i);
	if (functions->before)
		plan_count(functions, 0, functions->before);
	if (quiet && !functions->binds)
		plan_autoprobe(functions, true);
	if (functions->after)
		plan_count(functions, functions->after, 0);
	for (size_t i = 0; i < functions->after && functions->binds; i++)
		plan_new(functions, i);
	if (functions->binds)
		plan_autoprobe(functions, true);
}

/* A virtual function as a device at the link of its number: that of now, or one to come. */
static struct device describe_function(const struct functions_planner *functions, size_t number)
{
	struct arena *arena = functions->planner.arena;
	const struct device *physical = functions->physical, *there = NULL;
	struct device function = {.bus = physical->bus,
				  .name = arena_printf(arena, "virtfn%zu", number),
				  .label = arena_printf(arena, "%s/vf%zu", physical->label, number),
				  .vendor_id = -1,
				  .device_id = -1,
				  .driver_known = true};

	if (number < functions->before)
		there = system_device(functions->planner.handover->system,
				      physical->sriov->functions[number].path);
	if (there)
		function = *there;
	function.path = vf_path(arena, physical->path, number);
	return function;
}

static struct target target_of_function(const struct functions_planner *functions, size_t number)
{
	const struct traits *physical = functions->physical->traits;
	bool driven = functions->binds && number < functions->after;
	const struct move move = {
		.device = &functions->functions[number],
		.driver = driven ? functions->request->driver : NULL,
		.override = driven ? override_of_new(functions->request) : NULL,
		.taken_along = true,
	};
	struct target target = target_of_move(&move, functions->planner.arena);

	target.inode = physical ? physical->inode : 0;
	return target;
}

static struct target target_of_physical(const struct functions_planner *functions)
{
	const struct device *physical = functions->physical;
	const struct move stays = {.device = physical,
				   .driver = physical->driver,
				   .override = physical->driver_override};

	return target_of_move(&stays, functions->planner.arena);
}

/* The targets, and at the same places the devices from which the steps are made. */
static size_t describe_targets(struct functions_planner *functions)
{
	size_t count = functions->before > functions->after ? functions->before : functions->after;
	struct arena *arena = functions->planner.arena;

	functions->functions = arena_array(arena, count, sizeof(*functions->functions));
	functions->planner.targets = arena_array(arena, count + 1, sizeof(struct target));
	functions->planner.targets[PHYSICAL] = target_of_physical(functions);
	for (size_t i = 0; i < count; i++) {
		functions->functions[i] = describe_function(functions, i);
		functions->planner.targets[PHYSICAL + 1 + i] = target_of_function(functions, i);
	}
	functions->planner.steps =
		arena_array(arena,
			    count * STEPS_PER_FUNCTION + STEPS_OF_PHYSICAL +
				    plan_modules_most(functions->planner.handover->system),
			    sizeof(struct step));
	return count + 1;
}

struct plan vfs_plan(const struct request *request, const struct handover *handover,
		     struct arena *arena)
{
	const struct sriov *sriov = handover->physical->sriov;
	struct functions_planner functions = {
		.planner = {.handover = handover, .arena = arena},
		.request = request,
		.physical = handover->physical,
		.before = sriov && sriov->count > 0 ? (size_t)sriov->count : 0,
		.after = (size_t)request->function_count,
		.binds = request->driver_given && request->function_count > 0,
	};
	size_t targets;

	/* A device that has none, or of which that is unknown, is refused: check_sriov. */
	if (!sriov || sriov->count < 0 || (size_t)sriov->count != sriov->function_count)
		return (struct plan){.verb = handover->verb};
	targets = describe_targets(&functions);
	plan_functions(&functions);
	return (struct plan){
		.verb = handover->verb,
		.targets = functions.planner.targets,
		.target_count = targets,
		.steps = functions.planner.steps,
		.step_count = functions.planner.step_count,
	};
}
