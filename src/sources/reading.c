/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/sources.h"

#include <errno.h>
#include <string.h>

struct device *reading_focus(const struct reading *reading, size_t index)
{
	const char *path = reading->focus->paths[index];
	struct device *device = build_find_above(reading->build, path);

	return device && strcmp(device->path, path) == 0 ? device : NULL;
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

static void report(struct reading *reading, const char *source,
		   const struct root_failures *failures)
{
	build_source(reading->build, source, source_state_of(failures->cause), "%s",
		     describe_failures(reading, failures));
}

void reading_report(struct reading *reading, const char *source)
{
	struct root_failures failures;

	collect_failures(reading, &failures);
	if (failures.count)
		report(reading, source, &failures);
}

void reading_done(struct reading *reading, const char *source)
{
	struct root_failures failures;

	collect_failures(reading, &failures);
	if (failures.count)
		report(reading, source, &failures);
	else
		build_source(reading->build, source, SOURCE_READ, NULL);
}

/*
 * True for an entry in the state read, absent or skipped: its source did not report a failure
 * itself.
 */
static bool is_unaware(const struct source *source)
{
	return source->state == SOURCE_READ || source->state == SOURCE_ABSENT ||
	       source->state == SOURCE_SKIPPED;
}

static void add_to_entry(struct reading *reading, struct source *source,
			 const struct root_failures *failures)
{
	struct arena *arena = build_arena(reading->build);
	const char *told = describe_failures(reading, failures);

	if (source->detail && strstr(source->detail, failures->file))
		told = NULL;
	if (told)
		source->detail =
			source->detail ? arena_printf(arena, "%s; %s", source->detail, told) : told;
	if (is_unaware(source))
		source->state = source_state_of(failures->cause);
}

void reading_failed(struct reading *reading, const char *source, int cause, const char *file)
{
	struct root_failures failures;

	collect_failures(reading, &failures);
	build_source_errno(reading->build, source, cause, file);
	if (failures.count)
		add_to_entry(reading, build_source_last(reading->build), &failures);
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
		report(reading, source, &failures);
	return 0;
}
