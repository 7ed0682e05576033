/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/vfs.h"

#include "actions/rebind.h"
#include "model/sriov.h"

static const struct device *first_named(const struct system *system, const bool *named)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (named[i])
			return system->devices[i];
	return NULL;
}

/* All virtual functions that the snapshot has of a physical one. */
static struct handover move_functions(const struct request *request, const struct system *system,
				      const struct memory *memory, const struct device *physical,
				      struct arena *arena)
{
	bool *functions = arena_array(arena, system->device_count + 1, sizeof(*functions));

	for (size_t i = 0; i < physical->sriov->function_count; i++) {
		const struct device *function =
			system_device(system, physical->sriov->functions[i].path);

		if (function)
			functions[function->index] = true;
	}
	return rebind_moves(request, system, memory, functions, arena);
}

static struct handover replace_functions(const struct request *request, const struct system *system,
					 const struct memory *memory, const struct device *physical,
					 struct arena *arena)
{
	const struct sriov *sriov = physical->sriov;
	size_t most = 1 + (sriov ? sriov->function_count : 0);
	struct move *moves = arena_array(arena, most, sizeof(*moves));
	struct handover handover = {.system = system,
				    .verb = request->verb,
				    .moves = moves,
				    .dry_run = request->dry_run,
				    .physical = physical,
				    .function_count = request->function_count};

	moves[handover.move_count++] =
		(struct move){.device = physical,
			      .driver = request->driver_given ? request->driver : NULL,
			      .override = physical->driver_override};
	for (size_t i = 0; i + 1 < most; i++) {
		const struct device *function = system_device(system, sriov->functions[i].path);

		if (function)
			moves[handover.move_count++] =
				(struct move){.device = function,
					      .override = OVERRIDE_NONE,
					      .taken_along = true,
					      .owner_before = remembered_owner(memory, function)};
	}
	return handover;
}

struct handover vfs_moves(const struct request *request, const struct system *system,
			  const struct memory *memory, const bool *named, struct arena *arena)
{
	const struct device *physical = first_named(system, named);
	struct handover handover = {
		.system = system, .verb = request->verb, .dry_run = request->dry_run};

	if (!physical)
		return handover;
	if (!physical->sriov || physical->sriov->count != request->function_count)
		handover = replace_functions(request, system, memory, physical, arena);
	else if (request->driver_given)
		handover = move_functions(request, system, memory, physical, arena);
	handover.asked_physical = physical;
	return handover;
}
