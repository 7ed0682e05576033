/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/stability_parts.h"

#include <stdarg.h>
#include <stdio.h>

enum { SENTENCE_SIZE = 1024 };

struct change change_make(enum change_kind kind, bool judged, const char *const *subject,
			  bool is_device, const char *message)
{
	return (struct change){
		.finding =
			{
				.code = (enum finding_code)(CODE_CHANGE_FIRST + kind),
				.severity = judged ? SEVERITY_ALARM : SEVERITY_NOTE,
				.subject = *subject,
				.message = message,
				.devices = is_device ? subject : NULL,
				.device_count = is_device ? 1 : 0,
			},
		.kind = kind,
		.judged = judged,
	};
}

/* Add a change to a comparison. @subject: copied into the comparison's memory, like the message */
static void add_change(struct comparison *comparison, struct change change, const char *format,
		       va_list arguments)
{
	const char **subject = arena_array(comparison->arena, 1, sizeof(*subject));
	char message[SENTENCE_SIZE];

	vsnprintf(message, sizeof(message), format, arguments);
	*subject = arena_strdup(comparison->arena, change.finding.subject);
	comparison->items = arena_grow(comparison->arena, comparison->items, comparison->count,
				       &comparison->room, sizeof(*comparison->items));
	comparison->items[comparison->count++] =
		change_make(change.kind, change.judged, subject, change.finding.device_count > 0,
			    arena_strdup(comparison->arena, message));
}

void change_of_group(struct comparison *comparison, enum change_kind kind, bool judged,
		     const struct group *group, const char *format, ...)
{
	const char *subject = arena_printf(comparison->arena, "group %d", group->id);
	va_list arguments;

	va_start(arguments, format);
	add_change(comparison, change_make(kind, judged, &subject, false, NULL), format, arguments);
	va_end(arguments);
}

void change_of_device(struct comparison *comparison, enum change_kind kind, bool judged,
		      const struct device *device, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_change(comparison, change_make(kind, judged, &device->label, true, NULL), format,
		   arguments);
	va_end(arguments);
}

const struct change *changes_judged(const struct changes *changes)
{
	const struct change *first = NULL;

	/* A lost device is named before its group, which is gone because of it. */
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];

		if (change->judged && change->kind == CHANGE_DEVICE_GONE)
			return change;
		if (change->judged && !first)
			first = change;
	}
	return first;
}

#define NAME_OF_CHANGE(id, kind, word, severity, help) [CHANGE_##id] = (kind),

const char *change_kind_name(enum change_kind kind)
{
	static const char *const names[CHANGE_KIND_COUNT] = {CHANGES(NAME_OF_CHANGE)};

	return names[kind];
}
