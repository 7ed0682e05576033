/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/report.h"

#include <stdio.h>

int report_failure(const struct options *options, const struct document *document,
		   const struct error *e)
{
	struct document whole = document ? *document : (struct document){0};
	struct error ignored;

	fprintf(stderr, "iommuctl: %s%s%s\n", e->message, *e->remedy ? ". " : "", e->remedy);
	whole.failure = e;
	if (options->json && !ferror(stdout))
		json_print(&whole, &ignored);
	return error_exit_status(e->code);
}
