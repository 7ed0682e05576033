/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/recording.h"

#include <errno.h>

static struct access *need_access(struct recording *recording, const char *path)
{
	uint32_t number = paths_need(recording->paths, path);
	uint32_t *item = path_numbers_at(&recording->index, number);

	if (*item)
		return &recording->items[*item - 1];
	if (recording->count == recording->room) {
		recording->room = recording->room ? recording->room * 2 : 1024;
		recording->items =
			reallocarray(recording->items, recording->room, sizeof(*recording->items));
		if (!recording->items)
			memory_exhausted();
	}
	recording->items[recording->count++] = (struct access){.path = number};
	*item = (uint32_t)recording->count;
	return &recording->items[*item - 1];
}

static void record_failure(struct access *file, enum root_access access, int cause)
{
	file->cause = (int16_t)cause;
	file->failed = (uint8_t)access;
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
		need_access(context, path)->kinds |= (uint8_t)(1U << access);
}

void recording_start(struct recording *recording, struct paths *paths)
{
	*recording = (struct recording){
		.paths = paths,
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
	free(recording->index.items);
	free(recording->items);
	*recording = (struct recording){0};
}

const struct access *recording_find(const struct recording *recording, uint32_t path)
{
	uint32_t number = path_numbers_get(&recording->index, path);

	return number ? &recording->items[number - 1] : NULL;
}
