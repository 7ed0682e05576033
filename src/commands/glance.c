/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/glance.h"

#include "base/text.h"
#include "model/vfio_driver.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { HEARD_BIND = 1, HEARD_OTHER = 2 };

static void forget_heard(struct glance *glance)
{
	if (glance->arena)
		arena_free(glance->arena);
	glance->arena = arena_new();
	glance->bound = text_map_new(glance->arena);
}

int glance_start(struct glance *glance, const struct root *root, struct error *e)
{
	*glance = (struct glance){.root = root};
	forget_heard(glance);
	glance_count(glance);
	return uevents_open(&glance->uevents, e);
}

void glance_free(struct glance *glance)
{
	uevents_close(glance->uevents);
	if (glance->arena)
		arena_free(glance->arena);
}

/* The first message of several wakes the process; the others follow within milliseconds. */
void glance_pause(struct glance *glance, const struct decision *decision)
{
	enum { FLOCK_MS = 10 };
	struct pollfd poller = {.fd = -1, .events = POLLIN};

	poll(NULL, 0, decision->gap_ms);
	if (glance->uevents)
		poller.fd = uevents_fd(glance->uevents);
	if (poll(&poller, 1, decision->wait_ms - decision->gap_ms) > 0)
		poll(NULL, 0, FLOCK_MS);
	glance_hear(glance);
}

void glance_count(struct glance *glance)
{
	uint64_t count = uevents_count(glance->root);

	glance->stirred = count == UINT64_MAX || count != glance->count;
	glance->count = count;
}

static void hear_event(struct glance *glance, const struct uevent *event)
{
	bool binds = strcmp(event->action, "bind") == 0;

	if (binds || strcmp(event->action, "unbind") == 0 || strcmp(event->action, "remove") == 0)
		*text_map_at(glance->bound, event->path) = binds ? HEARD_BIND : HEARD_OTHER;
}

void glance_hear(struct glance *glance)
{
	struct uevent event;
	int result = glance->uevents ? 1 : 0;

	while (result == 1) {
		result = uevents_next(glance->uevents, &event);
		if (result == 1)
			hear_event(glance, &event);
	}
	if (result == 0)
		return;
	/* A lost message may have been about any device. */
	forget_heard(glance);
	if (result == -ENOBUFS)
		return;
	uevents_close(glance->uevents);
	glance->uevents = NULL;
}

bool glance_heard_bind(const struct glance *glance, const char *path)
{
	const char *below = text_after(path, "/sys");

	return below && text_map_find(glance->bound, below) == HEARD_BIND;
}

/* Read a link of the device; false where it cannot be read. A link that does not exist is "". */
static bool read_device_link(const struct glance *glance, size_t link,
			     char target[static PATH_SIZE])
{
	static const char *const names[GLANCE_LINKS] = {"driver", "iommu_group"};
	int result = root_follow(glance->root, glance->path, names[link], target);

	if (result == 0)
		target[0] = '\0';
	return result >= 0;
}

/* The only chosen device, or NULL. */
static const struct device *only_chosen(const struct look *look)
{
	const struct device *found = NULL;

	for (size_t i = 0; i < look->system->device_count; i++) {
		if (!look->selection.chosen[i])
			continue;
		if (found)
			return NULL;
		found = look->system->devices[i];
	}
	return found;
}

/* True where the links are those that the look has seen: they may have changed since. */
static bool agrees_with(const struct glance *glance, const struct device *device)
{
	char group[16] = "";

	if (device->group)
		snprintf(group, sizeof(group), "%d", device->group->id);
	return strcmp(text_basename(glance->links[0]), device->driver ? device->driver : "") == 0 &&
	       strcmp(text_basename(glance->links[1]), group) == 0;
}

void glance_remember(struct glance *glance, const struct look *look, const char *selector)
{
	const struct device *device = only_chosen(look);

	glance->outdated = false;
	glance->path[0] = '\0';
	if (!device || (strcmp(selector, device->name) != 0 && strcmp(selector, device->path) != 0))
		return;
	snprintf(glance->path, sizeof(glance->path), "%s", device->path);
	glance->has_vfio_driver = device->driver && driver_is_vfio(device);
	for (size_t i = 0; i < GLANCE_LINKS; i++)
		if (!read_device_link(glance, i, glance->links[i]))
			glance->path[0] = '\0';
	glance->outdated = *glance->path && !agrees_with(glance, device);
}

static bool has_same_links(const struct glance *glance)
{
	char target[PATH_SIZE];

	for (size_t i = 0; i < GLANCE_LINKS; i++)
		if (!read_device_link(glance, i, target) || strcmp(target, glance->links[i]) != 0)
			return false;
	return root_has(glance->root, glance->path) > 0;
}

bool glance_is_enough(struct glance *glance)
{
	glance_count(glance);
	if (glance->outdated)
		return false;
	if (!*glance->path || glance->has_vfio_driver)
		return !glance->stirred;
	return has_same_links(glance);
}
