/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/checks.h"

#include "views/table.h"

const struct column check_columns[] = {{NULL}};

void checks_print(const struct checks *checks, bool all, FILE *out)
{
}

int checks_print_kinds(struct error *e)
{
	for (int id = 0; id < CHECK_ID_COUNT; id++)
		printf("%-20s  %s%s\n", check_kinds[id].name, check_kinds[id].help,
		       check_kinds[id].waivable ? "" : " (cannot be waived)");
	return output_flush(e);
}
