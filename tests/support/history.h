/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history - a journal in a small tree, written by a plan with odd texts, on a disk that can fail
 *
 *     static void an_event_comes_back(void **state)
 *     {
 *             struct journal *journal = history_begin();
 *
 *             history_note(journal, 0, STEP_BEGUN, 0);
 *             assert_int_equal(history_load()->steps[0].state, STEP_BEGUN);
 *             journal_close(journal);
 *     }
 *     … WITH_HISTORY(an_event_comes_back) …
 */
#pragma once

#include "actions/journal.h"
#include "base/root.h"

/**
 * struct history - the tree of a test
 * @flush_fails_with: errno of each fdatasync, 0: it works
 * @flush_works_until: the number of flushes before the first that fails
 * @flushes: how often fdatasync was called, by any test of the program
 * @no_room: errno of each fallocate, 0: it works
 * @act: an act of another process while a change is carried out, at flush number @act_at; 0: while
 * the journal is begun, before the first flush
 */
struct history {
	char *dir;
	struct root *root;
	struct store *store;
	struct arena *arena;
	struct error error;
	int flush_fails_with;
	unsigned flush_works_until;
	unsigned flushes;
	int no_room;
	unsigned act_at;
	void (*act)(void);
};

extern struct history history;

/** history_plan - three devices and four steps, with NULL, empty and escaped texts */
extern const struct plan history_plan;

/** history_start - make the tree and its store */
int history_start(void **state);

/** history_end - remove the tree; the disk works again */
int history_end(void **state);

/** WITH_HISTORY - a test between history_start and history_end */
#define WITH_HISTORY(test) cmocka_unit_test_setup_teardown(test, history_start, history_end)

/** history_begin - begin the journal of history_plan; close it with journal_close */
struct journal *history_begin(void);

/** history_load - the journal as it is on the disk */
struct journal *history_load(void);

/** history_note - journal_note, which must succeed */
void history_note(struct journal *journal, size_t step, enum step_state state, int detail);

/** history_write - a journal with an event of each kind, and one more */
struct journal *history_write(void);

/** history_bytes - the file; in the arena */
struct span history_bytes(void);

/** history_put - replace the file */
void history_put(struct span bytes);

/** history_assert_plan - fails the test unless both plans are the same */
void history_assert_plan(const struct plan *a, const struct plan *b);

/** history_assert_progress - fails the test unless both journals have the same events */
void history_assert_progress(const struct journal *a, const struct journal *b);
