/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/journal.h"

#include "actions/journal_parts.h"
#include "actions/lock.h"
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char JOURNAL[] = "journal";

enum {
	JOURNAL_MAX = 4 * 1024 * 1024,
	/*
	 * The longest event of the journal is shorter, and a step that is carried out, undone, and
	 * undone again has fewer events.
	 */
	EVENT_SIZE = 96,
	EVENTS_PER_STEP = 8,
};

int journal_load(const struct store *store, struct arena *arena, struct journal **ret_journal,
		 struct error *e)
{
	struct span bytes;
	int result = store_read(store, JOURNAL, JOURNAL_MAX, arena, &bytes, e);

	return result < 0 ? result : journal_parse(bytes, arena, ret_journal, e);
}

bool journal_unfinished(const struct journal *journal, const char *boot_id)
{
	bool begun = journal->torn;

	if (strcmp(journal->boot_id, boot_id) != 0)
		return false;
	for (size_t i = 0; i < journal->plan.step_count; i++)
		begun |= journal->steps[i].state != STEP_NONE;
	return journal->outcome == JOURNAL_UNFINISHED ||
	       (begun && journal->outcome == JOURNAL_OPEN);
}

/* Reserve space for all events, so that a full /run is noticed before the machine is changed. */
static int reserve_room(const struct journal *journal)
{
	size_t room = (journal->plan.step_count + 1) * EVENTS_PER_STEP * EVENT_SIZE;
	size_t most = JOURNAL_MAX - journal->length;
	struct rlimit limit;

	/*
	 * fallocate(2) ignores the limit on file sizes (setrlimit(2)) where the size stays, so
	 * check it here.
	 */
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    limit.rlim_cur < journal->length + (room < most ? room : most))
		return -EFBIG;
	if (fallocate(journal->fd, FALLOC_FL_KEEP_SIZE, (off_t)journal->length,
		      (off_t)(room < most ? room : most)) == 0)
		return 0;
	return errno == EOPNOTSUPP || errno == ENOSYS ? 0 : -errno;
}

/*
 * Cut the file back to the last whole record. If that fails too, no record may be written after the
 * remains.
 */
static void cut_off(struct journal *journal)
{
	if (ftruncate(journal->fd, (off_t)journal->length) < 0 || fdatasync(journal->fd) < 0)
		journal_close(journal);
}

int journal_resume(const struct store *store, struct journal *journal, struct error *e)
{
	int result = store_openat(store, JOURNAL, O_WRONLY);

	if (result < 0)
		return store_error(e, result, "open", JOURNAL);
	journal->store = store;
	journal->fd = result;
	if (journal->torn)
		cut_off(journal);
	result = journal->fd < 0 ? -EIO : reserve_room(journal);
	if (result < 0) {
		journal_close(journal);
		return store_error(e, result, "write", JOURNAL);
	}
	return 0;
}

static FILE *open_text(char **text, size_t *length)
{
	FILE *out = open_memstream(text, length);

	if (!out)
		memory_exhausted();
	return out;
}

static void write_plan(FILE *out, const struct journal_header *header, const struct plan *plan)
{
	uint64_t line = 1;

	record_write(out, line++, &journal_header_layout, header);
	for (size_t i = 0; i < plan->target_count; i++)
		record_write(out, line++, &journal_target_layout, &plan->targets[i]);
	for (size_t i = 0; i < plan->step_count; i++)
		record_write(out, line++, &journal_step_layout, &plan->steps[i]);
}

/* Make the journal by parsing the bytes that are written, so that both are the same. */
static int make_journal(const struct store *store, struct arena *arena, const struct plan *plan,
			uint64_t number, struct journal **ret_journal, struct error *e)
{
	struct journal_header header = {
		.version = JOURNAL_VERSION,
		.number = number,
		.boot_id = store_boot_id(store),
		.pid = getpid(),
		.start_time = process_start_time(store_root(store), getpid()),
		.verb = plan->verb,
		.time = (uint64_t)time(NULL),
		.target_count = plan->target_count,
		.step_count = plan->step_count,
	};
	_autofree_ char *text = NULL;
	size_t length = 0;
	FILE *out = open_text(&text, &length);
	int result;

	write_plan(out, &header, plan);
	if (fclose(out) != 0)
		memory_exhausted();
	if (length > JOURNAL_MAX / 2) {
		store_error(e, -EFBIG, "write", JOURNAL);
		return -EFBIG;
	}
	result = journal_parse((struct span){text, length}, arena, ret_journal, e);
	return result < 0 ? result : store_replace(store, JOURNAL, (struct span){text, length}, e);
}

int journal_next_number(const struct store *store, uint64_t *ret_number, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct journal *last;
	int result = journal_load(store, arena, &last, e);

	if (result < 0 && result != -ENOENT)
		return result;
	if (result == 0 && journal_unfinished(last, store_boot_id(store))) {
		result = error_set(e, ERROR_INTERRUPTED, 0,
				   "an earlier \"%s\" (transaction %llu) is unfinished",
				   last->plan.verb, (unsigned long long)last->number);
		error_remedy(e, "Run \"iommuctl recover\" first");
		return result;
	}
	*ret_number = result == 0 ? last->number + 1 : 1;
	return 0;
}

int journal_begin(const struct store *store, struct arena *arena, const struct plan *plan,
		  struct journal **ret_journal, struct error *e)
{
	struct journal *journal = NULL;
	uint64_t number;
	int result = journal_next_number(store, &number, e);

	if (result == 0)
		result = make_journal(store, arena, plan, number, &journal, e);
	if (result == 0)
		result = journal_resume(store, journal, e);
	if (result < 0)
		return result;
	*ret_journal = journal;
	return 0;
}

static int append_record(struct journal *journal, const struct record_layout *layout,
			 const void *object)
{
	_autofree_ char *text = NULL;
	size_t length = 0;
	FILE *out = open_text(&text, &length);
	int result;

	record_write(out, journal->records + 1, layout, object);
	if (fclose(out) != 0)
		memory_exhausted();
	if (journal->length + length > JOURNAL_MAX)
		return -EFBIG;
	result = store_write(journal->fd, (struct span){text, length}, (off_t)journal->length);
	if (result == 0 && fdatasync(journal->fd) < 0)
		result = -errno;
	if (result < 0) {
		cut_off(journal);
		return result;
	}
	journal->records++;
	journal->length += length;
	return 0;
}

static int not_open(struct error *e)
{
	return error_set(e, ERROR_IO, 0,
			 "%s/%s takes no more records: it was closed, or could not "
			 "be written",
			 STORE_DIR, JOURNAL);
}

int journal_note(struct journal *journal, size_t step, enum step_state state, int detail,
		 struct error *e)
{
	struct journal_event event = {.step = (int)step, .progress.state = state};
	int result;

	if (journal->fd < 0)
		return not_open(e);
	if (step_is_pending(state)) {
		event.progress.pid = detail;
		event.progress.start_time = process_start_time(store_root(journal->store), detail);
	} else {
		event.progress.cause = detail;
	}
	if (!journal_event_is_good(journal, &event))
		return error_set(e, ERROR_IO, 0, "\"%s\" (%d) cannot come next for step %zu",
				 journal_event_layouts[state].word, detail, step);
	result = append_record(journal, &journal_event_layouts[state], &event);
	if (result < 0)
		return store_error(e, result, "write", JOURNAL);
	journal_take_event(journal, &event);
	return 0;
}

int journal_end(struct journal *journal, enum journal_state outcome, struct error *e)
{
	struct journal_ending end = {.outcome = journal_state_name(outcome)};
	int result;

	if (journal->fd < 0)
		return not_open(e);
	result = append_record(journal, &journal_end_layout, &end);
	if (result < 0)
		return store_error(e, result, "write", JOURNAL);
	journal->outcome = outcome;
	return 0;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	cleanup_close(&journal->fd);
	journal->fd = -1;
}
