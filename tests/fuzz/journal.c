/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read a journal, and the memory of devices: unchanged, and with valid checksums. */
#include "actions/journal.h"
#include "actions/memory.h"
#include "actions/record.h"
#include "fuzz/fuzz.h"

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* Check everything that recover relies on. */
static void check_journal(const struct journal *journal)
{
	const struct plan *plan = &journal->plan;

	must(journal->boot_id && plan->verb && journal->fd == -1);
	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];

		must(target->label && target->bus && target->name && *target->path == '/');
		must(target->vendor_id >= -1 && target->group >= -1);
	}
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = &plan->steps[i];
		const struct step_progress *progress = &journal->steps[i];

		must(action_name(step->action) && step->value);
		must(step->target == -1 || (size_t)step->target < plan->target_count);
		must(step->file ? *step->file == '/' : step->action == ACTION_LOAD);
		must(!step->undo_file || (*step->undo_file == '/' && step->undo_value));
		must(progress->state < STEP_STATE_COUNT && progress->cause <= 0);
	}
	if (journal_unfinished(journal, journal->boot_id))
		must(journal->torn || plan->step_count || journal->outcome == JOURNAL_UNFINISHED);
	must(!journal_unfinished(journal, "no boot at all"));
}

/* Check that the whole lines of a torn journal, alone, are read the same. */
static void check_rereading(struct span bytes, const struct journal *journal, struct arena *arena)
{
	struct span whole = {bytes.start, journal->length};
	struct error e = {0};
	struct journal *again;

	must(whole.length <= bytes.length && whole.start[whole.length - 1] == '\n');
	must(journal_parse(whole, arena, &again, &e) == 0 && !again->torn);
	must(again->records == journal->records && again->outcome == journal->outcome);
	for (size_t i = 0; i < journal->plan.step_count; i++)
		must(again->steps[i].state == journal->steps[i].state);
}

static void attempt(const char *data, size_t size)
{
	_autoarena_ struct arena *arena = arena_new();
	struct span bytes = {data, size};
	struct error e = {0};
	struct journal *journal;
	struct memory *memory;

	if (journal_parse(bytes, arena, &journal, &e) == 0) {
		check_journal(journal);
		check_rereading(bytes, journal, arena);
	} else {
		must(e.code == ERROR_MALFORMED && *e.message && *e.remedy);
	}
	if (memory_parse(bytes, "", arena, &memory, &e) == 0) {
		for (const struct remembered *one = memory->first; one; one = one->next)
			must(memory_find(memory, one->path) && one->label && one->bus);
		memory_find_interface(memory, "eth0");
	} else {
		must(e.code == ERROR_MALFORMED && *e.message && *e.remedy);
	}
}

static const char *after_blank(const char *at, const char *end)
{
	const char *blank = memchr(at, ' ', (size_t)(end - at));

	return blank ? blank + 1 : end;
}

/* The same words, with valid checksums and numbers. */
static char *repaired(const char *data, size_t size, size_t *ret_size)
{
	const char *end = data + size, *at = data, *stop, *words;
	_autofree_ char *body = NULL;
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_size);
	int length, line = 0;

	must(out != NULL);
	for (; at < end; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop ? stop : end;
		words = after_blank(after_blank(at, stop), stop);
		free(body);
		length = asprintf(&body, "%d %.*s", ++line, (int)(stop - words), words);
		must(length >= 0);
		fprintf(out, "%08x %s\n", record_checksum(body, (size_t)length), body);
	}
	must(fclose(out) == 0);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_autofree_ char *text = NULL;
	_autofree_ char *copy = NULL;
	size_t length = 0;

	attempt((const char *)data, size);
	text = repaired((const char *)data, size, &length);
	/* Exactly as large as the data, so that sanitizers notice a read beyond its end. */
	copy = malloc(length ? length : 1);
	must(copy != NULL);
	memcpy(copy, text, length);
	attempt(copy, length);
	return 0;
}
