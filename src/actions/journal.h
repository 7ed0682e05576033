/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal - what a transaction is about and how far it came, so that a later process can go on
 *
 * The file holds the whole plan, put there at once, and then one record for each event, flushed
 * before the next thing happens. There is one journal, that of the current or the last transaction.
 *
 *     journal	<version> <number> <boot ID> <pid> <start time> <verb> <time> <targets> <steps>
 *     target	… once for each        step	… once for each
 *     begin | done | undo_begin | undo_done	<step>
 *     failed | undo_failed	<step> <errno>
 *     pending | undo_pending	<step> <pid> <start time>
 *     end	done | rolled_back | unfinished
 *
 * Only who holds the lock (lock.h) begins, resumes and notes.
 */
#pragma once

#include "actions/plan.h"
#include "actions/store.h"

/** enum step_state - the last that is known of a step */
enum step_state {
	STEP_NONE,
	STEP_BEGUN, /* its write may have happened, or not */
	STEP_DONE,  /* and verified */
	STEP_FAILED,
	STEP_PENDING, /* a process hangs in its write */
	STEP_UNDO_BEGUN,
	STEP_UNDONE,
	STEP_UNDO_FAILED,
	STEP_UNDO_PENDING,
	STEP_STATE_COUNT,
};

/** enum journal_state - how a transaction ended, spelt as result.outcome in JSON documents */
enum journal_state {
	JOURNAL_OPEN, /* it has not, or it was taken up again */
	JOURNAL_DONE,
	JOURNAL_ROLLED_BACK,
	JOURNAL_UNFINISHED,
	JOURNAL_COUNT,
};

/**
 * struct step_progress
 * @cause: negative errno, where the state is a failure; else 0
 * @pid, @start_time: who hangs (process_lives), where the state is pending; else 0
 */
struct step_progress {
	enum step_state state;
	int cause;
	int pid;
	uint64_t start_time;
};

/**
 * struct journal - lives in the arena that it was begun or loaded into
 * @number: of the transaction, one more than the last one's     @boot_id: the boot it belongs to
 * @pid, @start_time: of the process that began it     @time: when, in seconds since 1970
 * @steps: plan.step_count of them
 * @torn: the last record was incomplete or damaged and is not counted; one more event than is
 * known may have happened
 * @store, @fd, @records, @length: where the next event goes; @fd is -1 where none can be noted
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

/** journal_state_name - the word; NULL for JOURNAL_OPEN */
const char *journal_state_name(enum journal_state outcome);

/**
 * journal_next_number - the number of the transaction that comes next
 * Returns: 0; ERROR_INTERRUPTED where the last one is unfinished; ERROR_MALFORMED.
 */
int journal_next_number(const struct store *store, uint64_t *ret_number, struct error *e);

/**
 * journal_begin - put @plan on disk in the place of the last journal, and be ready to note
 * Returns: 0; an error where the last one is unfinished (ERROR_INTERRUPTED) or malformed, or where
 * /run has no room for all that is to come. @ret_journal holds a copy of @plan as it was read back.
 */
int journal_begin(const struct store *store, struct arena *arena, const struct plan *plan,
		  struct journal **ret_journal, struct error *e);

/**
 * journal_load - read the journal; nothing can be noted before journal_resume
 * Returns: 0; -ENOENT, without a word in @e, where there is none; ERROR_MALFORMED where it is
 * damaged in any place but its end.
 */
int journal_load(const struct store *store, struct arena *arena, struct journal **ret_journal,
		 struct error *e);

/** journal_parse - the same of bytes in memory */
int journal_parse(struct span bytes, struct arena *arena, struct journal **ret_journal,
		  struct error *e);

/** journal_unfinished - true where recover has work: it is of this boot and was begun, not ended */
bool journal_unfinished(const struct journal *journal, const char *boot_id);

/**
 * journal_resume - go on noting in a loaded journal, until journal_close
 * Drops a torn last record from the file. @store must live as long.
 */
int journal_resume(const struct store *store, struct journal *journal, struct error *e);

/**
 * journal_note - what happens next to a step; on disk when this returns 0
 * @detail: a negative errno for the failures, the pid for the pending states, else 0
 * Where this fails nothing was noted: the write that it stands for must not be made.
 */
int journal_note(struct journal *journal, size_t step, enum step_state state, int detail,
		 struct error *e);

/** journal_end - it is over for this process, with an outcome; on disk when this returns 0 */
int journal_end(struct journal *journal, enum journal_state outcome, struct error *e);

/** journal_close - no more notes; accepts NULL */
void journal_close(struct journal *journal);
