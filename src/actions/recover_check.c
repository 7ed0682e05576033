/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/recover_check.h"

#include "actions/vf_target.h"
#include "model/facts.h"
#include "sources/read.h"

#include <errno.h>
#include <stdio.h>

static int refuse_release(const struct check *check, struct error *e)
{
	error_set(e, ERROR_UNFINISHED, 0, "%s is in use, and keeps its driver: %s (%s)",
		  check->device->label, check->finding.message, check_kinds[check->id].name);
	snprintf(e->device, sizeof(e->device), "%s", check->device->label);
	if (check->finding.evidence)
		snprintf(e->evidence, sizeof(e->evidence), "%s", check->finding.evidence);
	if (check->finding.remedy)
		error_remedy(e, "%s Then run \"iommuctl recover\".", check->finding.remedy);
	else
		error_remedy(e, "End that use, then run \"iommuctl recover\".");
	return -EUSERS;
}

static int check_system(const struct system *system, const struct device *device, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct move move = {.device = device};
	const struct handover handover = {
		.system = system, .verb = "recover", .moves = &move, .move_count = 1};
	struct checks checks = checks_run_uses(&handover, arena);

	for (size_t i = 0; i < checks.count; i++)
		if (checks.items[i].level == CHECK_REFUSE)
			return refuse_release(&checks.items[i], e);
	return 0;
}

int recover_check(void *context, const struct target *target, struct error *e)
{
	const struct host *host = context;
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();
	const struct device *device;
	struct target now;
	int found = vf_target_find(host->root, target, arena, &now), result;
	const struct focus focus = {.paths = &now.path, .count = 1};

	/* A device that is gone has no user. */
	if (found <= 0)
		return found;
	result = system_read_about(host->root, FACT_USES, &focus, &system, e);
	if (result < 0)
		return result;
	device = system_device(system, now.path);
	return device ? check_system(system, device, e) : 0;
}
