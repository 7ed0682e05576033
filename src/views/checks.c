/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/checks.h"

#include "base/text.h"
#include "checks/waive.h"
#include "views/findings.h"
#include "views/output.h"
#include "views/table.h"

#include <string.h>

static struct value get_id(const struct row *row, struct arena *arena)
{
	return value_text(check_kinds[row->check->id].name);
}

static struct value get_level(const struct row *row, struct arena *arena)
{
	return value_text(check_level_name(row->check->level));
}

static struct value get_unknown(const struct row *row, struct arena *arena)
{
	return value_bool(row->check->unknown);
}

static struct value get_waivable(const struct row *row, struct arena *arena)
{
	return value_bool(check_is_waivable(row->check));
}

static struct value get_waived(const struct row *row, struct arena *arena)
{
	return value_bool(row->check->waived);
}

const struct column check_columns[] = {
	{"id", "ID", "stable word, which --waive takes", 0, get_id},
	{"level", "LEVEL", "pass, warning or refuse", 0, get_level},
	{"unknown", "UNKNOWN", "its sources could not be read", 0, get_unknown},
	{"waivable", "WAIVABLE", "--waive can cover it", 0, get_waivable},
	{"waived", "WAIVED", "--waive covers it", 0, get_waived},
	{NULL},
};

/* The order in which answers of checks are printed. */
enum rank { RANK_REFUSED, RANK_WAIVED, RANK_WARNING, RANK_PASSED, RANK_COUNT };

static enum rank check_rank(const struct check *check)
{
	if (check->level == CHECK_REFUSE)
		return check->waived ? RANK_WAIVED : RANK_REFUSED;
	return check->level == CHECK_WARNING ? RANK_WARNING : RANK_PASSED;
}

static void print_check(FILE *out, const struct check *check, enum rank rank,
			const struct handover *handover, struct arena *arena)
{
	static const char *const words[RANK_COUNT] = {"refused", "waived", "warning", "passed"};
	const char *waiver = waiver_text(check, handover, arena);
	struct finding shown = check->finding;
	char safe[512];

	if (rank == RANK_WAIVED || rank == RANK_PASSED)
		shown.remedy = waiver = NULL;
	finding_print(out, words[rank], &shown);
	if (!waiver)
		return;
	text_escape(waiver, strlen(waiver), safe, sizeof(safe));
	fprintf(out, "  To go on nevertheless: --waive %s\n", safe);
}

void checks_print(FILE *out, const struct checks *checks, const struct handover *handover,
		  bool verbose)
{
	_autoarena_ struct arena *arena = arena_new();

	for (unsigned rank = 0; rank < (verbose ? RANK_COUNT : RANK_PASSED); rank++)
		for (size_t i = 0; i < checks->count; i++)
			if (check_rank(&checks->items[i]) == rank)
				print_check(out, &checks->items[i], (enum rank)rank, handover,
					    arena);
}

int checks_print_kinds(struct error *e)
{
	for (int id = 0; id < CHECK_ID_COUNT; id++)
		printf("%-20s  %s%s\n", check_kinds[id].name, check_kinds[id].help,
		       check_kinds[id].waivable ? "" : " (cannot be waived)");
	return output_flush(e);
}
