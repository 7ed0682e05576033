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

static void put(const char *before, const char *text, const char *after)
{
	char safe[2048];

	text_escape(text, strlen(text), safe, sizeof(safe));
	fprintf(stderr, "%s%s%s", before, safe, after);
}

void findings_print(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		fprintf(stderr, "%s: ", severity_name(finding->severity));
		put("", finding->subject, ": ");
		put("", finding->message, "");
		if (finding->evidence)
			put(" (", finding->evidence, ")");
		fputc('\n', stderr);
		if (finding->remedy)
			put("  ", finding->remedy, "\n");
	}
}
