/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/stability_parts.h"

#include <stdarg.h>
#include <stdio.h>

enum { SENTENCE_SIZE = 1024 };

void change_add(struct comparison *comparison, enum change_kind kind, bool judged,
		const char *subject, const char *format, ...)
{
	char message[SENTENCE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	comparison->items = arena_grow(comparison->arena, comparison->items, comparison->count,
				       &comparison->room, sizeof(*comparison->items));
	comparison->items[comparison->count++] = (struct change){
		.kind = kind,
		.subject = arena_strdup(comparison->arena, subject),
		.message = arena_strdup(comparison->arena, message),
		.judged = judged,
	};
}

const struct change *changes_judged(const struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		if (changes->items[i].judged)
			return &changes->items[i];
	return NULL;
}

const char *change_kind_name(enum change_kind kind)
{
	static const char *const names[CHANGE_KIND_COUNT] = {
		[CHANGE_RENUMBERED] = "renumbered",
		[CHANGE_MEMBERS] = "members",
		[CHANGE_IOMMU] = "iommu",
		[CHANGE_GROUP_GONE] = "group_gone",
		[CHANGE_GROUP_GAINED] = "group_gained",
		[CHANGE_TYPE] = "type",
		[CHANGE_STREAMS] = "streams",
		[CHANGE_DRIVER] = "driver",
		[CHANGE_DEVICE_GONE] = "device_gone",
		[CHANGE_DEVICE_CAME] = "device_came",
		[CHANGE_FORGOTTEN] = "forgotten",
	};

	return names[kind];
}
