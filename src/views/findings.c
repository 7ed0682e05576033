/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/findings.h"

#include "base/text.h"
#include "views/prose.h"

#include <string.h>

enum {
	/** number of devices that a sentence names; the others are counted */
	NAMED_MAX = 8,
};

static struct value get_code(const struct row *row, struct arena *arena)
{
	return value_text(code_kinds[row->finding->code].word);
}

static struct value get_severity(const struct row *row, struct arena *arena)
{
	return value_text(severity_name(row->finding->severity));
}

static struct value get_subject(const struct row *row, struct arena *arena)
{
	return value_text(row->finding->subject);
}

static struct value get_message(const struct row *row, struct arena *arena)
{
	return value_text(row->finding->message);
}

static struct value get_evidence(const struct row *row, struct arena *arena)
{
	return value_text(row->finding->evidence);
}

static struct value get_remedy(const struct row *row, struct arena *arena)
{
	return value_text(row->finding->remedy);
}

static struct value get_devices(const struct row *row, struct arena *arena)
{
	const struct finding *finding = row->finding;

	return value_text(arena_join(arena, finding->devices, finding->device_count, ","));
}

static struct json_object *json_devices(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->finding->device_count; i++)
		json_object_array_add(array, json_text(row->finding->devices[i]));
	return array;
}

static struct value get_cause(const struct row *row, struct arena *arena)
{
	return value_text(code_kinds[row->finding->cause].word);
}

const struct column finding_columns[] = {
	{"code", "CODE", "stable word", 0, get_code},
	{"severity", "SEVERITY", "note, warning or alarm", 0, get_severity},
	{"subject", "SUBJECT", "device, group or IOMMU; none: the machine", 0, get_subject},
	{"message", "MESSAGE", "the fact, as a sentence", 0, get_message, .gives_way = true},
	{"evidence", "EVIDENCE", "the file that shows it", 0, get_evidence, .gives_way = true},
	{"remedy", "REMEDY", "what to do", 0, get_remedy, .gives_way = true},
	{"devices", "DEVICES", "devices that are concerned", 0, get_devices, json_devices,
	 .gives_way = true},
	{"cause", "CAUSE", "code of the finding that it follows from", 0, get_cause},
	{NULL},
};

struct json_object *json_finding(const struct finding *finding)
{
	const struct row row = {.finding = finding};
	struct json_object *object = json_object_new_object();

	for (const struct column *column = finding_columns; column->key; column++)
		json_object_object_add(object, column->key, column_json(column, &row));
	return object;
}

static void put_escaped(FILE *out, const char *before, const char *text, const char *after)
{
	char safe[2048];

	text_escape(text, strlen(text), safe, sizeof(safe));
	fprintf(out, "%s%s%s", before, safe, after);
}

static bool is_about_devices(const struct finding *finding)
{
	for (size_t i = 0; finding->subject && i < finding->device_count; i++)
		if (strcmp(finding->subject, finding->devices[i]) == 0)
			return true;
	return false;
}

/* Print the devices of a finding, except its subject, which the sentence has already named. */
static void put_devices(FILE *out, const struct finding *finding)
{
	size_t count = finding->device_count, named = count < NAMED_MAX ? count : NAMED_MAX;

	if (!count || is_about_devices(finding))
		return;
	fprintf(out, "  %zu device%s", count, count == 1 ? "" : "s");
	for (size_t i = 0; i < named; i++)
		put_escaped(out, i ? ", " : ": ", finding->devices[i], "");
	if (count > named)
		fprintf(out, " and %zu more", count - named);
	fputc('\n', out);
}

/* @remedy: also what to do */
static void put_finding(FILE *file, const char *word, const struct finding *finding, bool remedy)
{
	struct prose prose;
	FILE *out;

	prose_start(&prose);
	out = prose.out;
	fprintf(out, "%s (%s): ", word, code_kinds[finding->code].word);
	if (finding->subject)
		put_escaped(out, "", finding->subject, ": ");
	put_escaped(out, "", finding->message, "");
	if (finding->evidence)
		put_escaped(out, " (", finding->evidence, ")");
	fputc('\n', out);
	if (finding->remedy && remedy)
		put_escaped(out, "  ", finding->remedy, "\n");
	put_devices(out, finding);
	prose_print(&prose, file);
}

void finding_print(FILE *out, const char *word, const struct finding *finding)
{
	put_finding(out, word, finding, true);
}

/* A remedy of several findings in a row stands once, below the last of them. */
void findings_print(FILE *out, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		bool repeats =
			i + 1 < findings->count && same_text(finding->remedy, finding[1].remedy);

		put_finding(out, severity_name(finding->severity), finding, !repeats);
	}
}
