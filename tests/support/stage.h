/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stage - steps that are carried out for NIC of changing.h, with no transaction around them
 *
 *     static const struct step removal = STAGE_REMOVE;
 *
 *     stage_plan(&removal, 1);
 *     assert_int_equal(rescan_remove(&stage.execution, &stage.error), 0);
 *     … STAGED(a_test) …
 */
#pragma once

#include "actions/execute.h"
#include "actions/lock.h"
#include "support/changing.h"

#define STAGE_OVERRIDE NIC_PATH "/driver_override"
#define STAGE_AUTOPROBE "/sys/bus/pci/drivers_autoprobe"
#define STAGE_REMOVE                                                              \
	{                                                                         \
		.action = ACTION_REMOVE, .file = NIC_PATH "/remove", .value = "1" \
	}

/**
 * struct stage - the execution of a test
 * @target: NIC; may be changed before stage_plan     @unread: the root of stage_unread, or NULL
 */
struct stage {
	struct target target;
	struct execution execution;
	struct error error;
	struct arena *arena;
	struct store *store;
	struct host host;
	struct root *unread;
	int locks[LOCK_COUNT];
};

extern struct stage stage;

/** stage_start, stage_end - make and remove the machine and its store */
int stage_start(void **state);
int stage_end(void **state);

/** STAGED - a test between stage_start and stage_end */
#define STAGED(test) cmocka_unit_test_setup_teardown(test, stage_start, stage_end)

/** stage_plan - begin a journal with these steps for stage.target; may be called again */
void stage_plan(const struct step *steps, size_t count);

/** stage_note - record an event of a step, which must succeed */
void stage_note(size_t step, enum step_state state);

/** stage_state - the last recorded event of a step */
enum step_state stage_state(size_t step);

/** stage_fault - a fault of the next write */
void stage_fault(enum fake_fault_kind kind, int detail);

/** stage_hang - changing_hang, for the host of the execution */
void stage_hang(unsigned write);

/**
 * stage_unread - let these files be unreadable from now on
 * @lines: "FILE\\tdenied\\n", as in a tree: base/unreadable.h
 */
void stage_unread(const char *lines);

/** stage_hide - put a folder in place of the uevent file of NIC: no look can read it any more */
void stage_hide(void);
