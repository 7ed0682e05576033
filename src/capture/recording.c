/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/recording.h"

#include <errno.h>

static struct access *need_access(struct recording *recording, const char *path)
{
	size_t number = text_map_find(recording->index, path);

	if (number)
		return &recording->items[number - 1];
	if (recording->count == recording->room) {
		recording->room = recording->room ? recording->room * 2 : 1024;
		recording->items =
			realloc(recording->items, recording->room * sizeof(*recording->items));
		if (!recording->items)
			memory_exhausted();
	}
	path = arena_strdup(recording->arena, path);
	*text_map_lend(recording->index, path) = recording->count + 1;
	recording->items[recording->count] = (struct access){.path = path};
	return &recording->items[recording->count++];
}

static void record_failure(struct access *file, enum root_access access, int cause)
{
	file->cause = cause;
	file->failed = access;
}

static void record(void *context, enum root_access access, const char *path, ssize_t result)
{
	if (root_is_absence((int)result))
		return;
	if (access == ROOT_LINK && result == -EINVAL)
		need_access(context, path)->kinds |= 1U << ROOT_LOOK;
	else if (result < 0)
		record_failure(need_access(context, path), access, (int)result);
	else
		need_access(context, path)->kinds |= 1U << access;
}

void recording_start(struct recording *recording)
{
	struct arena *arena = arena_new();

	*recording = (struct recording){
		.arena = arena,
		.index = text_map_new(arena),
		.watch = {.after = record, .context = recording},
	};
	root_watch(&recording->watch);
}

void recording_stop(const struct recording *recording)
{
	root_watch(NULL);
}

void recording_free(struct recording *recording)
{
	if (!recording->arena)
		return;
	arena_free(recording->arena);
	free(recording->items);
	*recording = (struct recording){0};
}

const struct access *recording_find(const struct recording *recording, const char *path)
{
	size_t number = text_map_find(recording->index, path);

	return number ? &recording->items[number - 1] : NULL;
}
