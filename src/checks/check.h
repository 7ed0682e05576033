/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check - one question asked before devices are moved, its answer and its evidence
 *
 * Checks are pure functions of a handover: the snapshot and the moves that are meant. A check that
 * could not look says so and refuses: silence is no permission.
 *
 * To add a check:
 * 1. Add its row to checks/check_list.h. The row declares CHECK_ID, the function, the word of
 *    --waive and the code of the finding; everything that is in the list is asked.
 * 2. Write the function, `void check_xyz(struct checking *checking)`, in a file of checks/ that
 *    includes checks/check_functions.h:
 *
 *	struct check check = check_start(checking);
 *
 *	check.finding.evidence = "/sys/…";
 *	if (could not look)
 *		check_unseen(checking, check, "could not see whether …");
 *	else if (bad)
 *		check_say(checking, check, "it …");
 *	else
 *		check_pass(checking, check, "it …");
 *
 *    It may also give no answer, where the question makes no sense for the device, or several.
 *    A use of a device (a new USE_ kind of model/use.h) needs no function: its check has check_use,
 *    and the words of the use are a row of the table in checks/in_use.c.
 * 3. Name the word in the section CHECKS of man/iommuctl.8 and among the codes of
 *    schema/iommuctl.schema.json (surface.manual says what is missing).
 * A row without a function does not link; tests find a use without a check, a check_use without a
 * use, and a word that the manual does not have.
 */
#pragma once

#include "base/arena.h"
#include "checks/finding.h"
#include "checks/handover.h"

#define CHECK_ID_OF(id, ...) CHECK_##id,

/** enum check_id - the questions, in the order of the list */
enum check_id { CHECKS(CHECK_ID_OF) CHECK_ID_COUNT };

enum check_level {
	CHECK_PASS,
	CHECK_WARNING,
	CHECK_REFUSE,
	CHECK_LEVEL_COUNT,
};

/** enum check_scope - how often a check is asked; what is true of several moves is asked once */
enum check_scope {
	CHECK_ASK_RESTORED,	     /* each device that restore moves, if only its override */
	CHECK_ASK_EACH,		     /* for each device that gets another driver */
	CHECK_ASK_TAKEN,	     /* of these, each that loses one, or may */
	CHECK_ASK_EACH_TO_VFIO,	     /* of these, each that goes to a VFIO driver */
	CHECK_ASK_PER_GROUP_TO_VFIO, /* once for each group of these */
	CHECK_ASK_PER_DRIVER,	     /* once for each driver that devices go to; about no device */
	CHECK_ASK_ONCE_TO_VFIO,	     /* once where a device goes to a VFIO driver; about none */
	CHECK_ASK_ONCE,		     /* once; about no device */
};

struct checking;

/**
 * struct check_kind - a row of the list     @name: stable word     @help: what it asks
 * @level: the answer where things are bad
 * @waivable: --waive takes it; a single answer may still be final
 */
struct check_kind {
	const char *name;
	const char *help;
	enum check_scope scope;
	enum check_level level;
	bool waivable;
	void (*ask)(struct checking *checking);
};

extern const struct check_kind check_kinds[CHECK_ID_COUNT];

/**
 * struct check - one answer
 * @finding: what is so; code, severity, subject and devices are set by check_add
 * @device: NULL where it is about the machine or a driver
 * @unknown: it could not look; its level is then CHECK_REFUSE, or a warning where not knowing
 * can do no harm
 * @final: it cannot be waived, though others of its id can: the kernel would fail, hang or crash
 * @waived: the user said to go on all the same
 */
struct check {
	struct finding finding;
	enum check_id id;
	enum check_level level;
	const struct device *device;
	bool unknown, final, waived;
};

/** struct checks - in the order of the moves, for each in the order of the ids */
struct checks {
	struct check *items;
	size_t count, room;
};

/** struct checking - what a check function is given     @move: the one it is asked about
 * @id: the check that is asked */
struct checking {
	const struct handover *handover;
	const struct move *move;
	struct arena *arena;
	struct checks *checks;
	enum check_id id;
};

/** check_start - an answer to the check that is asked, at the level of its row and without words */
struct check check_start(const struct checking *checking);

/** check_add - take in an answer; its strings are borrowed, or lie in checking->arena */
void check_add(struct checking *checking, struct check check);

/** check_say - the same with a message made here; foreign text in it may be cut */
void check_say(struct checking *checking, struct check check, const char *format, ...)
	_printf_(3, 4);

/** check_pass - the same for an answer that nothing stands in the way */
void check_pass(struct checking *checking, struct check check, const char *format, ...)
	_printf_(3, 4);

/** check_unseen - the same where the check could not look: it refuses or warns, as its row says */
void check_unseen(struct checking *checking, struct check check, const char *format, ...)
	_printf_(3, 4);

/** check_is_waivable - true for a refusal that --waive can cover */
bool check_is_waivable(const struct check *check);

/** check_find - the kind of that name, or CHECK_ID_COUNT     @length: of @name */
enum check_id check_find(const char *name, size_t length);

/**
 * checks_run - ask everything about every move that changes something
 * Costs no reading; needs a system that was read with FACT_USES, FACT_TRAITS and FACT_DRIVERS for
 * the devices of the moves. What was not read is told of as unknown.
 */
struct checks checks_run(const struct handover *handover, struct arena *arena);

/**
 * checks_run_uses - ask again about the uses of the devices alone (checks/in_use.c)
 * Needs a system that was read with FACT_USES for the devices of the moves.
 */
struct checks checks_run_uses(const struct handover *handover, struct arena *arena);

/** checks_refusing - the first check that refuses and is not waived, or NULL */
const struct check *checks_refusing(const struct checks *checks);

/** check_level_name - "pass", "warning" or "refuse" */
const char *check_level_name(enum check_level level);
