/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/openmetrics.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

void openmetrics_begin(FILE *out, const struct metric *metric)
{
	fprintf(out, "# HELP %s %s\n", metric->name, metric->help);
	if (metric->type == METRIC_GAUGE)
		fprintf(out, "# TYPE %s gauge\n", metric->name);
}

/* Put a value between its quotation marks: these, backslashes and newlines need a backslash. */
static void put_label_value(FILE *out, const char *value)
{
	char safe[512];

	text_escape(value, strlen(value), safe, sizeof(safe));
	for (const char *at = safe; *at; at++) {
		if (*at == '"' || *at == '\\')
			fputc('\\', out);
		fputc(*at, out);
	}
}

void openmetrics_put(FILE *out, const struct metric *metric, const struct metric_label *labels,
		     size_t label_count, uint64_t value)
{
	const char *separator = "{";

	fputs(metric->name, out);
	for (size_t i = 0; i < label_count; i++) {
		if (!labels[i].value)
			continue;
		fprintf(out, "%s%s=\"", separator, labels[i].name);
		put_label_value(out, labels[i].value);
		fputc('"', out);
		separator = ",";
	}
	fprintf(out, "%s %" PRIu64 "\n", *separator == ',' ? "}" : "", value);
}

void openmetrics_end(FILE *out)
{
	fputs("# EOF\n", out);
}
