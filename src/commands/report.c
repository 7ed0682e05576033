/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/report.h"

#include "views/prose.h"

#include <stdio.h>

int report_failure(const struct options *options, const struct document_kind *kind,
		   const struct error *e)
{
	static const struct document_kind no_command = {0};
	const struct document document = {.kind = kind ? kind : &no_command, .failure = e};
	struct error ignored;
	struct prose prose;

	prose_start(&prose);
	fprintf(prose.out, "iommuctl: %s%s%s\n", e->message, *e->remedy ? ". " : "", e->remedy);
	prose_print(&prose, stderr);
	/* If the document cannot be printed, the exit status still tells the first failure. */
	if (options->json && !ferror(stdout))
		error_ignore(json_print(&document, &ignored));
	return error_exit_status(e->code);
}
