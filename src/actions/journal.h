/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal - the plan and the progress of a transaction, from which a later process can go on
 *
 * The file has the whole plan, written at once, and then one record for each event, on disk before
 * the next action. There is one journal, that of the current or the last transaction.
 *
 *     journal	<version> <number> <boot ID> <pid> <start time> <verb> <time> <targets> <steps>
 *     target	… once for each        step	… once for each
 *     begin | done | undo_begin | undo_done	<step>
 *     failed | undo_failed	<step> <errno>
 *     pending | undo_pending	<step> <pid> <start time>
 *     end	done | rolled_back | unfinished | lost
 *
 * Only the process that holds the lock (lock.h) may begin, resume and note.
 */
#pragma once

#include "actions/plan.h"
#include "actions/store.h"

/** enum step_state - the last recorded event of a step */
enum step_state {
	STEP_NONE,
	STEP_BEGUN, /* the step's write may or may not have been made */
	STEP_DONE,  /* the step's write was made and its result verified */
	STEP_FAILED,
	STEP_PENDING, /* a process hangs in the step's write */
	STEP_UNDO_BEGUN,
	STEP_UNDONE,
	STEP_UNDO_FAILED,
	STEP_UNDO_PENDING,
	STEP_STATE_COUNT,
};

/** enum journal_state - how a transaction ended, spelt as result.outcome in JSON documents */
enum journal_state {
	JOURNAL_OPEN, /* the transaction has not ended, or was resumed */
	JOURNAL_DONE,
	JOURNAL_ROLLED_BACK,
	JOURNAL_UNFINISHED,
	JOURNAL_LOST, /* a rescan of which not all devices came back */
	JOURNAL_COUNT,
};

/**
 * struct step_progress - the recorded progress of one step
 * @cause: negative errno, if the state is a failure; else 0
 * @pid, @start_time: the process that hangs in the write (process_lives), if the state is pending;
 * else 0
 */
struct step_progress {
	enum step_state state;
	int cause;
	int pid;
	uint64_t start_time;
};

/**
 * struct journal - one transaction; lives in the arena of journal_begin or journal_load
 * @number: of the transaction, one more than the last one's     @boot_id: the boot it belongs to
 * @pid, @start_time: of the process that began it     @time: when, in seconds since 1970
 * @steps: progress of each step, plan.step_count of them
 * @torn: the last record is incomplete or damaged and does not count; one more event than recorded
 * may have happened
 * @store, @fd, @records, @length: where the next event is written; @fd is -1 where the journal is
 * read only
 */
struct journal {
	uint64_t number;
	const char *boot_id;
	int pid;
	uint64_t start_time, time;
	struct plan plan;
	struct step_progress *steps;
	enum journal_state outcome;
	bool torn;

	const struct store *store;
	int fd;
	size_t records, length;
};

/** journal_state_name - the word of a journal's state; NULL for JOURNAL_OPEN */
const char *journal_state_name(enum journal_state outcome);

/**
 * journal_next_number - the number of the next transaction
 * Returns: 0; ERROR_INTERRUPTED where the last one is unfinished; ERROR_MALFORMED.
 */
_must_check_ int journal_next_number(const struct store *store, uint64_t *ret_number,
				     struct error *e);

/**
 * journal_begin - replace the last journal by one with @plan, on disk and open for notes
 * Returns: 0; an error where the last one is unfinished (ERROR_INTERRUPTED) or malformed, or where
 * /run has no room for all events of the plan. @ret_journal holds a copy of @plan as it was read
 * back.
 */
_must_check_ int journal_begin(const struct store *store, struct arena *arena,
			       const struct plan *plan, struct journal **ret_journal,
			       struct error *e);

/**
 * journal_load - read the journal; notes are possible only after journal_resume
 * Returns: 0; -ENOENT (@e untouched) where there is none; ERROR_MALFORMED where it is damaged
 * anywhere but at its end.
 */
_must_check_ int journal_load(const struct store *store, struct arena *arena,
			      struct journal **ret_journal, struct error *e);

/** journal_parse - journal_load for bytes in memory */
_must_check_ int journal_parse(struct span bytes, struct arena *arena, struct journal **ret_journal,
			       struct error *e);

/** journal_unfinished - true where recover has work: the journal is of this boot and has no end */
bool journal_unfinished(const struct journal *journal, const char *boot_id);

/**
 * journal_resume - open a loaded journal for notes, until journal_close
 * Removes a torn last record from the file. @store must live as long.
 */
_must_check_ int journal_resume(const struct store *store, struct journal *journal,
				struct error *e);

/**
 * journal_note - record the next event of a step; on disk when this returns 0
 * @detail: a negative errno for the failures, the pid for the pending states, else 0
 * On failure nothing was recorded, and the write that was to follow must not be made.
 */
_must_check_ int journal_note(struct journal *journal, size_t step, enum step_state state,
			      int detail, struct error *e);

/** journal_end - record the end of the transaction; on disk when this returns 0 */
_must_check_ int journal_end(struct journal *journal, enum journal_state outcome, struct error *e);

/** journal_close - close the journal for notes; accepts NULL */
void journal_close(struct journal *journal);
