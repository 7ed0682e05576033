/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/rebind.h"

#include "actions/choose.h"
#include "actions/owner_rule.h"
#include "base/text.h"
#include "checks/viability.h"
#include "model/vfio_driver.h"

#include <string.h>

int driver_name_check(const char *name, struct error *e)
{
	enum { NAME_MAX_LENGTH = 255 };
	bool bad = !*name || strlen(name) > NAME_MAX_LENGTH || strpbrk(name, "/\n") ||
		   strcmp(name, ".") == 0 || strcmp(name, "..") == 0;

	return bad ? error_set(e, ERROR_USAGE, 0, "no driver is called \"%.100s\"", name) : 0;
}

bool remembered_is(const struct remembered *known, const struct device *device)
{
	uint64_t inode = device->traits ? device->traits->inode : 0;

	if (strcmp(known->path, device->path) != 0 || strcmp(known->bus, device->bus) != 0 ||
	    (known->inode && inode && known->inode != inode))
		return false;
	/* The file with the numbers cannot be read while another process binds the device. */
	return device->ids_unknown ||
	       (known->vendor_id == device->vendor_id && known->device_id == device->device_id);
}

static const char *override_before(const struct memory *memory, const struct device *device)
{
	const struct remembered *known = memory_find(memory, device->path);

	return known && remembered_is(known, device) ? known->driver_override
						     : device->driver_override;
}

static const char *override_after(const struct request *request, const struct memory *memory,
				  const struct device *device)
{
	if (!request->driver)
		return OVERRIDE_NONE;
	if (driver_name_matches_by_override(request->driver) ||
	    driver_name_mediates(request->driver))
		return request->driver;
	return override_before(memory, device);
}

/* True for a movable member of a named device's group that is not named itself. */
static bool is_beside_a_named(const bool *named, const struct device *device)
{
	const struct group *group = device->group;

	if (!group || named[device->index] || !device_is_movable(device))
		return false;
	for (size_t i = 0; i < group->device_count; i++)
		if (named[group->devices[i]->index])
			return true;
	return false;
}

/* True where iommuctl has moved the device to the driver of the request, and it is still there. */
static bool was_taken_along(const struct request *request, const struct memory *memory,
			    const struct device *device)
{
	const struct remembered *known = memory_find(memory, device->path);

	return known && remembered_is(known, device) && known->left_known &&
	       same_text(known->left_driver, request->driver) && device->driver_known &&
	       same_text(device->driver, request->driver);
}

/*
 * True for a member that --group takes along: it prevents VFIO from serving the group, or iommuctl
 * has taken it along before, so that the same command again means the same devices.
 */
static bool goes_along(const struct request *request, const struct system *system,
		       const struct memory *memory, const bool *named, const struct device *device)
{
	return request->with_group && is_beside_a_named(named, device) &&
	       (device_blocks(viability_rule(system), device) ||
		was_taken_along(request, memory, device));
}

const char *remembered_owner(const struct memory *memory, const struct device *device)
{
	const struct remembered *known = memory_find(memory, device->path);

	return known && remembered_is(known, device) ? known->owner : NULL;
}

/* With its VFIO driver a device keeps the owner that it has, until it is given to another. */
static const char *owner_after(const struct request *request, const struct memory *memory,
			       const struct device *device, struct arena *arena)
{
	if (!request->driver || !driver_name_is_vfio(request->driver))
		return NULL;
	if (!request->owner)
		return remembered_owner(memory, device);
	return owner_rule_text(arena, request->owner, device->bus, device->name, device->vendor_id,
			       device->device_id);
}

struct handover rebind_moves(const struct request *request, const struct system *system,
			     const struct memory *memory, const bool *named, struct arena *arena)
{
	struct move *moves = arena_array(arena, system->device_count, sizeof(*moves));
	struct handover handover = {.system = system,
				    .verb = request->verb,
				    .moves = moves,
				    .with_group = request->with_group,
				    .dry_run = request->dry_run,
				    .in_order = true,
				    .owner = request->owner};

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];
		bool along = goes_along(request, system, memory, named, device);

		if (named[i] || along)
			moves[handover.move_count++] = (struct move){
				.device = device,
				.driver = request->driver,
				.override = override_after(request, memory, device),
				.taken_along = along,
				.owner = owner_after(request, memory, device, arena),
				.owner_before = remembered_owner(memory, device),
			};
	}
	return handover;
}

struct handover restore_moves(const struct system *system, const struct memory *memory,
			      const bool *named, struct arena *arena)
{
	struct move *moves = arena_array(arena, system->device_count, sizeof(*moves));
	struct handover handover = {
		.system = system, .verb = "restore", .moves = moves, .in_order = true};

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];
		const struct remembered *known =
			named[i] ? memory_find(memory, device->path) : NULL;

		if (known && remembered_is(known, device))
			moves[handover.move_count++] = (struct move){
				.device = device,
				.driver = known->driver,
				.override = known->driver_override,
				.restored = true,
				.left_known = known->left_known,
				.left_driver = known->left_driver,
				.left_override = known->left_override,
				.owner_before = known->owner,
			};
	}
	return handover;
}
