/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal_parts - the records of a journal; only for journal.c, which writes them, and
 * journal_parse.c, which reads them
 */
#pragma once

#include "actions/journal.h"
#include "actions/record.h"

enum {
	/** the version that journals are written in */
	JOURNAL_VERSION = 2,
	/** the oldest version that can be read */
	JOURNAL_VERSION_FIRST = 1,
};

/* The fields of a journal's first line; the lines after it are struct target and struct step. */
struct journal_header {
	uint64_t version, number;
	const char *boot_id;
	int pid;
	uint64_t start_time;
	const char *verb;
	uint64_t time;
	uint64_t target_count, step_count;
};

/* One event of a step: a line of the journal after the plan. */
struct journal_event {
	int step;
	struct step_progress progress;
};

/* The end of the transaction: the last line of the journal. */
struct journal_ending {
	const char *outcome;
};

extern const struct record_layout journal_header_layout, journal_target_layout, journal_step_layout,
	journal_end_layout;

/**
 * journal_event_layouts - the layout of each event, by the state that follows it; STEP_NONE has
 * none
 */
extern const struct record_layout journal_event_layouts[STEP_STATE_COUNT];

/** step_is_pending - true for the two states in which a process hangs in a write */
bool step_is_pending(enum step_state state);

/** journal_event_is_good - true where @event may come next in the journal */
bool journal_event_is_good(const struct journal *journal, const struct journal_event *event);

/** journal_take_event - update the progress of the step by @event */
void journal_take_event(struct journal *journal, const struct journal_event *event);
