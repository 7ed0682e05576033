/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/briefing.h"

#include "base/new_file.h"
#include "checks/doctor.h"
#include "commands/look.h"
#include "views/devices.h"
#include "views/output.h"

static const struct column *const sets[] = {device_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "name",
	.row_facts = (unsigned)DOCTOR_FACTS | BRIEFING_FACTS,
};

typedef void put_function(const struct briefing *briefing);

static int put_into_file(const char *path, struct briefing *briefing, put_function *put,
			 struct error *e)
{
	/* The collector of a monitoring program runs as another user. */
	enum { READABLE_BY_ALL = 0644 };
	_autonewfile_ struct new_file *file = NULL;
	int result = new_file_open(path, true, READABLE_BY_ALL, &file, e);

	if (result < 0)
		return result;
	briefing->out = new_file_stream(file);
	put(briefing);
	return new_file_publish(file, e);
}

int briefing_run(const struct options *options, const char *path, put_function *put,
		 struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	struct source journal;
	struct findings findings;
	struct briefing briefing = {
		.journal = &journal, .findings = &findings, .arena = arena, .out = stdout};
	struct options reading = *options;
	int result;

	/* For other commands, the option has the names of columns. */
	reading.output = NULL;
	result = look_at(&reading, &catalogue, options->arguments, &look, e);
	if (result == 0)
		result = look_unfinished(options, arena, &journal, &briefing.unfinished, e);
	if (result < 0)
		return result;
	briefing.system = look.system;
	findings = doctor_findings(look.system, NULL, arena);
	if (path)
		return put_into_file(path, &briefing, put, e);
	put(&briefing);
	return output_flush(e);
}
