/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/look.h"

#include "actions/vf_target.h"

#include "base/guard.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/*
 * True where the uevent file has the target's IDs (PCI_ID=8086:10D3); targets on other buses have
 * no IDs.
 */
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

static bool is_word(struct span span, const char *word)
{
	return word ? span.length == strlen(word) && memcmp(span.start, word, span.length) == 0
		    : span.length == 0;
}

static struct target_look unseen(int cause)
{
	return (struct target_look){.state = cause == -ETIMEDOUT ? LOOK_BUSY : LOOK_UNSEEN,
				    .cause = cause};
}

/*
 * Whether the device of that name on its bus is at the target's path and has its inode; or an
 * errno.
 */
static struct target_look look_at_place(const struct root *root, const struct target *target)
{
	char place[PATH_SIZE];
	uint64_t inode = 0;
	int result = root_followf(root, place, "/sys/bus/%s/devices/%s", target->bus, target->name);

	if (result == 0 || (result > 0 && strcmp(place, target->path) != 0))
		return (struct target_look){.state = LOOK_GONE};
	if (result > 0)
		result = root_inode(root, target->path, &inode);
	if (result < 0)
		return unseen(result);
	if (result == 0)
		return (struct target_look){.state = LOOK_GONE};
	return (struct target_look){.state = target->inode && inode != target->inode ? LOOK_OTHER
										     : LOOK_CLEAR};
}

/*
 * Read both files that show the driver of a device: they differ while a driver is bound or unbound.
 */
static struct target_look look_at_drivers(const struct root *root, const struct target *target,
					  struct span lines, struct arena *arena)
{
	struct span named = text_line_value(lines, "DRIVER");
	struct target_look look = {.state = LOOK_CLEAR};
	char place[PATH_SIZE];
	int result = root_follow(root, target->path, "driver", place);

	if (result < 0)
		return unseen(result);
	if (result > 0)
		look.driver = arena_strdup(arena, text_basename(place));
	if (is_word(named, look.driver))
		return look;
	look.state = LOOK_MOVING;
	if (named.length)
		look.leaving = arena_text(arena, named.start, named.length);
	return look;
}

static struct target_look judge(const struct root *root, const struct target *target,
				const struct guarded *uevent, const struct guarded *override,
				struct arena *arena)
{
	struct span lines = {uevent->text, uevent->length};
	struct target_look look;

	if (uevent->status == -ENOENT || uevent->status == -ENODEV)
		return (struct target_look){.state = LOOK_GONE};
	if (uevent->status)
		return unseen(uevent->status);
	if (!has_ids(target, lines))
		return (struct target_look){.state = LOOK_OTHER};
	/* A device on a bus without overrides has no file driver_override. */
	if (override->status && override->status != -ENOENT)
		return unseen(override->status);
	look = look_at_drivers(root, target, lines, arena);
	if (look.state == LOOK_CLEAR && !override->status)
		look.driver_override = text_override(override->text);
	return look;
}

static struct target_look look_once(const struct root *root, const struct target *target,
				    struct arena *arena)
{
	struct guarded files[] = {
		{.dir = target->path, .name = "uevent"},
		{.dir = target->path, .name = "driver_override"},
	};
	struct target_look look = look_at_place(root, target), files_look;
	struct error ignored;
	int result;

	if (look.state != LOOK_CLEAR)
		return look;
	result = guard_read(root, arena, files, ARRAY_SIZE(files), &ignored);
	if (result < 0)
		return unseen(result);
	files_look = judge(root, target, &files[0], &files[1], arena);
	/*
	 * Check the place at the end again: the files read belong to the target only if it did not
	 * change meanwhile.
	 */
	look = look_at_place(root, target);
	return look.state == LOOK_CLEAR ? files_look : look;
}

/*
 * Retry while a driver is being bound or unbound. A busy file is retried too: on a loaded machine
 * the deadline can pass without a lock.
 */
static bool is_worth_another_look(const struct target_look *look, int looks)
{
	enum { MOVING_LOOKS = 50, BUSY_LOOKS = 4 };

	return looks < (look->state == LOOK_MOVING ? MOVING_LOOKS
			: look->state == LOOK_BUSY ? BUSY_LOOKS
						   : 0);
}

struct target_look look_target(const struct root *root, const struct target *target,
			       struct arena *arena)
{
	enum { GLANCE_MS = 20 };
	struct target_look look;
	struct target now;
	int found = vf_target_find(root, target, arena, &now);

	if (found <= 0)
		return found < 0 ? unseen(found) : (struct target_look){.state = LOOK_GONE};
	look = look_once(root, &now, arena);
	for (int looks = 1; is_worth_another_look(&look, looks); looks++) {
		poll(NULL, 0, GLANCE_MS);
		look = look_once(root, &now, arena);
	}
	return look;
}

int look_switch(const struct root *root, const char *file, const char *value)
{
	_autoarena_ struct arena *arena = arena_new();
	const char *name = text_basename(file);
	struct guarded guarded = {.dir = arena_text(arena, file, (size_t)(name - file) - 1),
				  .name = name};
	struct error ignored;
	int result = guard_read(root, arena, &guarded, 1, &ignored);

	if (result < 0 || guarded.status)
		return result < 0 ? result : guarded.status;
	return strcmp(guarded.text, value) == 0;
}

const char *look_state_name(enum look_state state)
{
	static const char *const names[] = {
		[LOOK_CLEAR] = "seen",	  [LOOK_GONE] = "gone", [LOOK_OTHER] = "replaced",
		[LOOK_MOVING] = "moving", [LOOK_BUSY] = "busy", [LOOK_UNSEEN] = "unseen",
	};

	return names[state];
}

void look_describe(const struct target *target, const struct target_look *look, char *out,
		   size_t size)
{
	switch (look->state) {
	case LOOK_CLEAR:
		snprintf(out, size, "%s has %s%s and %s%s", target->label,
			 look->driver ? "the driver " : "no driver",
			 look->driver ? look->driver : "",
			 look->driver_override ? "the override " : "no override",
			 look->driver_override ? look->driver_override : "");
		return;
	case LOOK_GONE:
		snprintf(out, size, "%s is gone", target->label);
		return;
	case LOOK_OTHER:
		snprintf(out, size, "another device is in the place of %s", target->label);
		return;
	case LOOK_MOVING:
		snprintf(out, size, "%s is being %s %s", target->label,
			 look->driver ? "bound to" : "unbound from",
			 look->driver ? look->driver : look->leaving);
		return;
	case LOOK_BUSY:
		snprintf(out, size, "%s could not be read: the kernel holds its lock",
			 target->label);
		return;
	case LOOK_UNSEEN:
		snprintf(out, size, "%s could not be read: %s", target->label,
			 strerror(-look->cause));
		return;
	}
}
