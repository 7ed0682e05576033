/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/findings.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static struct value get_code(const struct row *row, struct arena *arena)
{
	return value_text(row->finding->code);
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

const struct column finding_columns[] = {
	{"code", "CODE", "stable word", 0, get_code},
	{"severity", "SEVERITY", "note, warning or alarm", 0, get_severity},
	{"subject", "SUBJECT", "device or IOMMU", 0, get_subject},
	{"message", "MESSAGE", "what is so", 0, get_message},
	{"evidence", "EVIDENCE", "the file that says so", 0, get_evidence},
	{"remedy", "REMEDY", "what to do", 0, get_remedy},
	{NULL},
};

static void put(FILE *out, const char *before, const char *text, const char *after)
{
	char safe[2048];

	text_escape(text, strlen(text), safe, sizeof(safe));
	fprintf(out, "%s%s%s", before, safe, after);
}

static void put_finding(FILE *out, const struct finding *finding)
{
	fprintf(out, "%s: ", severity_name(finding->severity));
	put(out, "", finding->subject, ": ");
	put(out, "", finding->message, "");
	if (finding->evidence)
		put(out, " (", finding->evidence, ")");
	fputc('\n', out);
	if (finding->remedy)
		put(out, "  ", finding->remedy, "\n");
}

void findings_print(const struct findings *findings)
{
	_autofree_ char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		memory_exhausted();
	for (size_t i = 0; i < findings->count; i++)
		put_finding(out, &findings->items[i]);
	if (fclose(out) != 0)
		memory_exhausted();
	/* Standard error has no buffer of its own: one write instead of ten for each line. */
	fputs(text, stderr);
}
