/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/sight.h"

#include "base/guard.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

bool same_text(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}

static const char *linked_driver(const struct root *root, const char *path, struct arena *arena)
{
	char target[PATH_SIZE];

	return root_follow(root, path, "driver", target) > 0
		       ? arena_strdup(arena, text_basename(target))
		       : NULL;
}

/* PCI_ID=8086:10D3; targets of other buses have no IDs, and are known by their place alone. */
static bool has_ids(const struct target *target, struct span uevent)
{
	struct span id = text_line_value(uevent, "PCI_ID");
	char wanted[16];

	if (target->vendor_id < 0)
		return true;
	snprintf(wanted, sizeof(wanted), "%04X:%04X", (unsigned)target->vendor_id,
		 (unsigned)target->device_id);
	return id.length == strlen(wanted) && strncasecmp(id.start, wanted, id.length) == 0;
}

/* The device that its bus calls so is the one at the path. */
static bool is_in_place(const struct root *root, const struct target *target)
{
	char folder[PATH_SIZE], place[PATH_SIZE];

	snprintf(folder, sizeof(folder), "/sys/bus/%s/devices", target->bus);
	return root_follow(root, folder, target->name, place) > 0 &&
	       strcmp(place, target->path) == 0;
}

static bool is_word(struct span span, const char *word)
{
	return word ? span.length == strlen(word) && memcmp(span.start, word, span.length) == 0
		    : span.length == 0;
}

static struct sight judge(const struct root *root, const struct target *target,
			  const struct guarded *uevent, const struct guarded *override,
			  struct arena *arena)
{
	struct span lines = {uevent->text, uevent->length};
	struct sight sight = {.state = SIGHT_CLEAR};

	if (uevent->status == -ETIMEDOUT || override->status == -ETIMEDOUT)
		return (struct sight){.state = SIGHT_BUSY};
	if (uevent->status)
		return (struct sight){.state = SIGHT_GONE};
	if (!has_ids(target, lines))
		return (struct sight){.state = SIGHT_OTHER};
	sight.driver = linked_driver(root, target->path, arena);
	if (!is_word(text_line_value(lines, "DRIVER"), sight.driver))
		return (struct sight){.state = SIGHT_MOVING};
	if (!override->status)
		sight.driver_override = text_override(override->text);
	return sight;
}

static struct sight look_once(const struct root *root, const struct target *target,
			      struct arena *arena)
{
	struct guarded files[] = {
		{.dir = target->path, .name = "uevent"},
		{.dir = target->path, .name = "driver_override"},
	};
	struct error ignored;

	if (!is_in_place(root, target))
		return (struct sight){.state = SIGHT_GONE};
	if (guard_read(root, arena, files, ARRAY_SIZE(files), &ignored) < 0)
		return (struct sight){.state = SIGHT_BUSY};
	return judge(root, target, &files[0], &files[1], arena);
}

/* What is on its way arrives; and on a machine with much to do one deadline missed is no lock held.
 */
static bool is_worth_another_look(const struct sight *sight, int looks)
{
	enum { MOVING_LOOKS = 50, BUSY_LOOKS = 4 };

	return looks < (sight->state == SIGHT_MOVING ? MOVING_LOOKS
			: sight->state == SIGHT_BUSY ? BUSY_LOOKS
						     : 0);
}

struct sight sight_target(const struct root *root, const struct target *target, struct arena *arena)
{
	enum { GLANCE_MS = 20 };
	struct sight sight = look_once(root, target, arena);

	for (int looks = 1; is_worth_another_look(&sight, looks); looks++) {
		poll(NULL, 0, GLANCE_MS);
		sight = look_once(root, target, arena);
	}
	return sight;
}
