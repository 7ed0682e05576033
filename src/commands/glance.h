/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glance - see at little cost whether a look of "wait" could have another answer than the last one
 *
 * Every device that comes, goes or gets a driver sends a uevent, so the kernel's count of uevents
 * tells whether there is a reason to look. On a busy machine the count grows all the time: for a
 * device that is named exactly, its own links tell more. Joining a group sends no uevent, but makes
 * a link.
 */
#pragma once

#include "base/root.h"
#include "base/text_map.h"
#include "checks/condition.h"
#include "commands/look.h"
#include "sources/devices/uevents.h"

enum { GLANCE_LINKS = 2 };

/**
 * struct glance - what is known since the last look; glance_free releases it
 * @uevents: NULL where nothing can be listened to
 * @count: of uevents, at the last glance or look     @stirred: it had grown then
 * @bound: paths below /sys -> 1 where the last message about the device was "bind"
 * @path: of the device that the selector names exactly, or ""     @links: the targets of its links
 * @outdated: they were others already when the last look ended
 * @has_vfio_driver: its driver is one of VFIO, whose nodes may come after the link
 */
struct glance {
	const struct root *root;
	struct uevents *uevents;
	uint64_t count;
	bool stirred;
	struct arena *arena;
	struct text_map *bound;
	char path[PATH_SIZE];
	char links[GLANCE_LINKS][PATH_SIZE];
	bool outdated, has_vfio_driver;
};

/**
 * glance_start - listen from now on
 * Returns: 0; a negative errno, with a message, where there is no listening; the rest works.
 */
_must_check_ int glance_start(struct glance *glance, const struct root *root, struct error *e);

void glance_free(struct glance *glance);

/** glance_pause - sleep until a uevent comes or the time of @decision is over */
void glance_pause(struct glance *glance, const struct decision *decision);

/** glance_count - read the count of uevents; call it before each look */
void glance_count(struct glance *glance);

/** glance_hear - read the pending messages; call it after each look, before it is judged */
void glance_hear(struct glance *glance);

/**
 * glance_heard_bind - true where the kernel has reported the end of a successful probe of the
 * device at @path, and nothing else about its driver since
 */
bool glance_heard_bind(const struct glance *glance, const char *path);

/** glance_remember - keep the links of the chosen device, if @selector is its very name or path */
void glance_remember(struct glance *glance, const struct look *look, const char *selector);

/**
 * glance_is_enough - read the count, and the links if there are any: true where a look could not
 * have another answer than the last one
 */
bool glance_is_enough(struct glance *glance);
