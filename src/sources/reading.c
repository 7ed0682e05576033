/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/scope.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct device *reading_focus(const struct reading *reading, size_t index)
{
	const char *path = reading->focus->paths[index];
	struct device *device = build_find_above(reading->build, path);

	return device && strcmp(device->path, path) == 0 ? device : NULL;
}

const char *reading_scope_bus(const struct reading *reading, const char *path)
{
	const struct scope_device *device = scope_device_at(reading->scope, path);

	return device ? device->bus : NULL;
}

bool reading_has_folders(const struct reading *reading)
{
	return reading->scope && root_is_live(reading->root);
}

bool reading_may_lack(const struct reading *reading, const char *path)
{
	return scope_may_lack(reading->scope, path);
}

/* A text for several failures: "FILE: Permission denied, and 3 more" */
static const char *describe_failures(struct reading *reading, const struct root_failures *failures)
{
	struct arena *arena = build_arena(reading->build);
	const char *why = strerror(-failures->cause);

	if (failures->count == 1)
		return arena_printf(arena, "%s: %s", failures->file, why);
	return arena_printf(arena, "%s: %s, and %zu more", failures->file, why,
			    failures->count - 1);
}

static void collect_failures(struct reading *reading, struct root_failures *ret_failures)
{
	root_take_failures(reading->root, ret_failures);
	if (!reading->exhausted && root_is_exhaustion(ret_failures->cause)) {
		reading->exhausted = ret_failures->cause;
		reading->exhausted_at =
			arena_strdup(build_arena(reading->build), ret_failures->file);
	}
}

/*
 * The state of an entry after one more failure. A source that was read is read in part; one that is
 * absent, or that was skipped, got nothing; every other state already reports a failure.
 */
static void degrade(struct source *source, int cause)
{
	enum source_state failed = source_state_of(cause);
	bool lacks_rights = failed == SOURCE_DENIED;

	source->lacks_rights =
		source_is_unread(source) ? source->lacks_rights && lacks_rights : lacks_rights;
	if (source->state == SOURCE_READ)
		source->state = SOURCE_PARTIAL;
	else if (!source_is_unread(source))
		source->state = failed;
	source->busy |= failed == SOURCE_BUSY;
}

static void add_to_entry(struct reading *reading, struct source *source,
			 const struct root_failures *failures)
{
	const char *text = describe_failures(reading, failures);

	if (!source->detail)
		source->detail = text;
	else if (!strstr(source->detail, failures->file))
		source->detail =
			arena_printf(build_arena(reading->build), "%s; %s", source->detail, text);
	degrade(source, failures->cause);
}

/* Add the failures that the door noted since the entry before to the last entry. */
static void add_noted(struct reading *reading)
{
	struct root_failures failures;

	collect_failures(reading, &failures);
	if (failures.count)
		add_to_entry(reading, build_source_last(reading->build), &failures);
}

static void write_partial(struct reading *reading, const char *source,
			  const struct root_failures *failures)
{
	build_source(reading->build, source, SOURCE_READ, NULL);
	add_to_entry(reading, build_source_last(reading->build), failures);
}

void reading_report(struct reading *reading, const char *source)
{
	struct root_failures failures;

	collect_failures(reading, &failures);
	if (failures.count)
		write_partial(reading, source, &failures);
}

void reading_done(struct reading *reading, const char *source)
{
	build_source(reading->build, source, SOURCE_READ, NULL);
	add_noted(reading);
}

void reading_partial(struct reading *reading, const char *source, int cause, const char *format,
		     ...)
{
	char detail[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	build_source(reading->build, source, SOURCE_PARTIAL, "%s", detail);
	build_source_last(reading->build)->busy = cause && source_state_of(cause) == SOURCE_BUSY;
	build_source_last(reading->build)->lacks_rights =
		cause && source_state_of(cause) == SOURCE_DENIED;
	add_noted(reading);
}

void reading_failed(struct reading *reading, const char *source, int cause, const char *file)
{
	build_source_errno(reading->build, source, cause, file);
	add_noted(reading);
}

int reading_settle(struct reading *reading, const char *source, size_t entries, struct error *e)
{
	struct root_failures failures;

	collect_failures(reading, &failures);
	if (reading->exhausted)
		return error_set(e, ERROR_IO, reading->exhausted, "cannot read %s",
				 reading->exhausted_at);
	if (!failures.count)
		return 0;
	if (build_source_count(reading->build) > entries)
		add_to_entry(reading, build_source_last(reading->build), &failures);
	else
		write_partial(reading, source, &failures);
	return 0;
}
