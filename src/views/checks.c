/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/checks.h"

#include "base/text.h"
#include "checks/waive.h"
#include "views/findings.h"
#include "views/output.h"
#include "views/prose.h"
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

/* The order in which answers of checks are printed; UNDECIDED refuses as it could not look. */
enum rank {
	RANK_REFUSED,
	RANK_UNDECIDED,
	RANK_WAIVED,
	RANK_WARNING,
	RANK_PASSED,
	RANK_COUNT,
};

static enum rank check_rank(const struct check *check)
{
	if (check->level == CHECK_REFUSE)
		return check->waived ? RANK_WAIVED : check->unknown ? RANK_UNDECIDED : RANK_REFUSED;
	return check->level == CHECK_WARNING ? RANK_WARNING : RANK_PASSED;
}

static void print_check(FILE *out, const struct check *check, enum rank rank,
			const struct handover *handover, struct arena *arena)
{
	static const char *const words[RANK_COUNT] = {"refused", "refused", "waived", "warning",
						      "passed"};
	const char *waiver = waiver_text(check, handover, arena);
	struct finding shown = check->finding;
	struct prose prose;
	char safe[512];

	if (rank == RANK_WAIVED || rank == RANK_PASSED)
		shown.remedy = waiver = NULL;
	finding_print(out, words[rank], &shown);
	if (!waiver)
		return;
	text_escape(waiver, strlen(waiver), safe, sizeof(safe));
	prose_start(&prose);
	fprintf(prose.out, "  To go on nevertheless: --waive %s\n", safe);
	prose_print(&prose, out);
}

static void print_ranks(FILE *out, const struct checks *checks, const struct handover *handover,
			unsigned rank_count, bool with_unknown)
{
	_autoarena_ struct arena *arena = arena_new();

	for (unsigned rank = 0; rank < rank_count; rank++)
		for (size_t i = 0; i < checks->count; i++)
			if (check_rank(&checks->items[i]) == rank &&
			    (with_unknown || !checks->items[i].unknown))
				print_check(out, &checks->items[i], (enum rank)rank, handover,
					    arena);
}

void checks_print(FILE *out, const struct checks *checks, const struct handover *handover,
		  bool verbose)
{
	print_ranks(out, checks, handover, verbose ? RANK_COUNT : RANK_PASSED, true);
}

void checks_print_known(FILE *out, const struct checks *checks, const struct handover *handover)
{
	print_ranks(out, checks, handover, RANK_PASSED, false);
}

/* The first change of a type where that is what the command asks for; NULL in a restore. */
static const struct domain_change *wanted_type(const struct handover *handover)
{
	return handover->domain_count && !handover->domains[0].restored ? &handover->domains[0]
									: NULL;
}

/* "0000:06:00.0 and 1 more", "group 12" */
static void print_moved(FILE *out, const struct handover *handover)
{
	char safe[256];
	const struct domain_change *domain = wanted_type(handover);
	const char *label = handover->moves[0].device->label;

	for (size_t i = 0; i < handover->move_count; i++)
		if (!handover->moves[i].taken_along) {
			label = handover->moves[i].device->label;
			break;
		}
	if (domain && domain->group) {
		fprintf(out, "group %d", domain->group->id);
		if (handover->domain_count > 1)
			fprintf(out, " and %zu more", handover->domain_count - 1);
		return;
	}
	text_escape(label, strlen(label), safe, sizeof(safe));
	fputs(safe, out);
	if (handover->move_count > 1 && !handover->physical)
		fprintf(out, " and %zu more", handover->move_count - 1);
}

/* Counts of answers by rank; @unseen: checks that could not look */
struct tally {
	size_t ranks[RANK_COUNT], unseen;
};

static struct tally tally_checks(const struct checks *checks)
{
	struct tally tally = {0};

	for (size_t i = 0; i < checks->count; i++) {
		tally.ranks[check_rank(&checks->items[i])]++;
		tally.unseen += checks->items[i].unknown;
	}
	return tally;
}

static void print_goal(FILE *out, const struct handover *handover)
{
	const char *driver = handover->moves[0].driver;
	int count = handover->function_count;

	if (handover->physical)
		fprintf(out, "have %d virtual function%s", count, count == 1 ? "" : "s");
	else if (wanted_type(handover))
		fprintf(out, "get the type %s", wanted_type(handover)->type);
	else
		fprintf(out, "%s%s", driver ? "go to " : "be left without a driver",
			driver ? driver : "");
}

static void put_verdict(FILE *out, const struct checks *checks, const struct handover *handover)
{
	struct tally tally = tally_checks(checks);
	size_t undecided = tally.ranks[RANK_UNDECIDED];
	size_t refused = tally.ranks[RANK_REFUSED] + undecided;
	bool open = refused && refused == undecided;

	fputs(open ? "It is unknown whether " : "", out);
	print_moved(out, handover);
	fprintf(out, " %s ", refused && !open ? "cannot" : "can");
	print_goal(out, handover);
	fputs(": ", out);
	if (open)
		fprintf(out, "%zu of %zu checks could not look\n", tally.unseen, checks->count);
	else if (refused)
		fprintf(out, "%zu of %zu checks refuse\n", refused, checks->count);
	else if (tally.ranks[RANK_PASSED] < checks->count)
		fprintf(out, "%zu of %zu checks passed\n", tally.ranks[RANK_PASSED], checks->count);
	else
		fprintf(out, "%zu checks passed\n", checks->count);
}

void checks_print_verdict(FILE *out, const struct checks *checks, const struct handover *handover)
{
	struct prose prose;

	if (!handover->move_count || !checks->count)
		return;
	prose_start(&prose);
	put_verdict(prose.out, checks, handover);
	prose_print(&prose, out);
}

static bool has_evidence(const struct check *check, const char *evidence)
{
	const char *own = check->finding.evidence;

	return check->unknown &&
	       (own == evidence || (own && evidence && strcmp(own, evidence) == 0));
}

/* "net-session, net-address": the checks that this evidence left without an answer, each once. */
static void print_unseen_ids(FILE *out, const struct checks *checks, const char *evidence)
{
	bool named[CHECK_ID_COUNT] = {false};
	const char *separator = "";

	for (size_t i = 0; i < checks->count; i++) {
		const struct check *check = &checks->items[i];

		if (!has_evidence(check, evidence) || named[check->id])
			continue;
		named[check->id] = true;
		fprintf(out, "%s%s", separator, check_kinds[check->id].name);
		separator = ", ";
	}
}

void checks_print_unseen(FILE *out, const struct checks *checks)
{
	enum { SHOWN_MAX = 16 };
	const char *shown[SHOWN_MAX];
	size_t count = 0;

	for (size_t i = 0; i < checks->count && count < SHOWN_MAX; i++) {
		const struct check *check = &checks->items[i];
		char safe[512] = "no file";
		bool known = !check->unknown;
		struct prose prose;

		for (size_t j = 0; j < count && !known; j++)
			known = has_evidence(check, shown[j]);
		if (known)
			continue;
		shown[count++] = check->finding.evidence;
		if (check->finding.evidence)
			text_escape(check->finding.evidence, strlen(check->finding.evidence), safe,
				    sizeof(safe));
		prose_start(&prose);
		fprintf(prose.out, "unknown (");
		print_unseen_ids(prose.out, checks, check->finding.evidence);
		fprintf(prose.out, "): could not look (%s)\n", safe);
		prose_print(&prose, out);
	}
}

int checks_print_kinds(struct error *e)
{
	for (int id = 0; id < CHECK_ID_COUNT; id++)
		printf("%-20s  %s%s\n", check_kinds[id].name, check_kinds[id].help,
		       check_kinds[id].waivable ? "" : " (cannot be waived)");
	return output_flush(e);
}
