/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check - a test before devices are moved, its answer and its evidence
 *
 * Checks are pure functions of a handover: the snapshot and the intended moves. A check that could
 * not read its sources reports that and refuses: no answer is no permission.
 *
 * To add a check:
 * 1. Add its row to checks/check_list.h. The row declares CHECK_ID, the function, the word of
 *    --waive and the code of the finding; every check in the list runs.
 * 2. Write the function, `void check_xyz(struct checking *checking)`, in a file of checks/ that
 *    includes checks/check_functions.h:
 *
 *	struct check check = check_start(checking);
 *
 *	check.finding.evidence = "/sys/…";
 *	if (could not look)
 *		check_unseen(checking, check, "it is unknown whether …");
 *	else if (bad)
 *		check_say(checking, check, "it …");
 *	else
 *		check_pass(checking, check, "it …");
 *
 *    The function may give several answers, or none where the check does not apply to the device.
 *    A use of a device (a new USE_ kind of model/use.h) needs no function: the row of its check
 *    names check_use, and the words of the use are a row of the table in checks/in_use.c.
 * 3. Add the word to man/iommuctl-checks.7 and to the codes of
 *    schema/iommuctl.schema.json (the test surface.manual lists missing words).
 * A row without a function does not link; tests find a use without a check, a check_use without a
 * use, and a word that the manual does not have.
 */
#pragma once

#include "base/arena.h"
#include "checks/finding.h"
#include "checks/handover.h"

#define CHECK_ID_OF(id, ...) CHECK_##id,

/** enum check_id - the checks, in the order of the list */
enum check_id { CHECKS(CHECK_ID_OF) CHECK_ID_COUNT };

enum check_level {
	CHECK_PASS,
	CHECK_WARNING,
	CHECK_REFUSE,
	CHECK_LEVEL_COUNT,
};

/**
 * enum check_scope - for which moves a check runs; an answer that covers several moves is given
 * once
 */
enum check_scope {
	/* the check runs for each device that restore moves, even if only its override changes */
	CHECK_ASK_RESTORED,
	CHECK_ASK_EACH, /* the check runs for each device that gets another driver */
	/* the check runs for each of these devices that loses its driver, or may lose it */
	CHECK_ASK_TAKEN,
	/*
	 * the same, and for each that goes to a VFIO driver from none: firmware and the kernel's
	 * console use a display also without a driver
	 */
	CHECK_ASK_TAKEN_OR_TO_VFIO,
	CHECK_ASK_REMOVED, /* the check runs for each device that is removed and found again */
	/* the check runs for a device that gets another number of virtual functions */
	CHECK_ASK_PHYSICAL,
	/* the check runs once for each group whose type changes */
	CHECK_ASK_DOMAIN,
	/* the check runs for each of these devices that goes to a VFIO driver */
	CHECK_ASK_EACH_TO_VFIO,
	/* the check runs once for each group that has such a device */
	CHECK_ASK_PER_GROUP_TO_VFIO,
	/* the check runs once for each driver that devices go to; the answer is about no device */
	CHECK_ASK_PER_DRIVER,
	/* the check runs once, if a device goes to a VFIO driver; the answer is about no device */
	CHECK_ASK_ONCE_TO_VFIO,
	CHECK_ASK_ONCE, /* the check runs once; the answer is about no device */
};

struct checking;

/**
 * struct check_kind - a row of the list     @name: stable word     @help: the question
 * @level: the level of a bad answer
 * @waivable: --waive accepts it; a single answer may still be final
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
 * @finding: the answer; check_add sets code, severity, subject and devices
 * @device: NULL for an answer about the machine or a driver
 * @unknown: the check could not read its sources; its level is then CHECK_REFUSE, or a warning if
 * the bad answer is only a warning
 * @final: cannot be waived, though other answers of its id can: the kernel would fail, hang or
 * crash
 * @waived: --waive covers it
 * @uses: all uses that the answer is about, also those that the message only counts; @use_count of
 * them, 0 for an answer that is not about uses
 */
struct check {
	struct finding finding;
	enum check_id id;
	enum check_level level;
	const struct device *device;
	const struct use *const *uses;
	size_t use_count;
	bool unknown, final, waived;
};

/** struct checks - answers in the order of the moves, those of a move in the order of the ids */
struct checks {
	struct check *items;
	size_t count, room;
};

/**
 * struct checking - the argument of a check function     @move: the move to check
 * @id: the check that runs     @only_warns: an answer that would refuse is a warning
 */
struct checking {
	const struct handover *handover;
	const struct move *move;
	struct arena *arena;
	struct checks *checks;
	enum check_id id;
	bool only_warns;
};

/** check_start - an answer of the running check, with the level of its row and no message */
struct check check_start(const struct checking *checking);

/** check_add - add an answer; its strings are borrowed, or lie in checking->arena */
void check_add(struct checking *checking, struct check check);

/** check_say - add an answer with this message; long text in it may be cut */
void check_say(struct checking *checking, struct check check, const char *format, ...)
	_printf_(3, 4);

/** check_passed, check_unknown - @check at level CHECK_PASS, or with @unknown set */
struct check check_passed(struct check check);
struct check check_unknown(struct check check);

/** check_pass - add an answer at level CHECK_PASS with this message, as check_say does */
#define check_pass(checking, check, ...) check_say(checking, check_passed(check), __VA_ARGS__)

/**
 * check_unseen - add an answer for a check that could not read its sources, as check_say does: it
 * refuses or warns, by its row
 */
#define check_unseen(checking, check, ...) check_say(checking, check_unknown(check), __VA_ARGS__)

/** check_is_waivable - true for a refusal that --waive can cover */
bool check_is_waivable(const struct check *check);

/** check_find - the id of the check with that name, or CHECK_ID_COUNT     @length: of @name */
enum check_id check_find(const char *name, size_t length);

/**
 * checks_run - run all checks for every move that changes something
 * Reads no files; needs a system that was read with FACT_USES, FACT_TRAITS and FACT_DRIVERS for the
 * devices of the moves. Facts that were not read give unknown answers.
 */
struct checks checks_run(const struct handover *handover, struct arena *arena);

/**
 * checks_run_uses - run only the checks for uses of the devices (checks/in_use.c)
 * Needs a system that was read with FACT_USES for the devices of the moves.
 */
struct checks checks_run_uses(const struct handover *handover, struct arena *arena);

enum { USE_WORDS_SIZE = 320 };

/** check_use_words - "nvme0n1 is mounted on /srv", a use of @device as its check says it */
void check_use_words(const struct device *device, const struct use *use,
		     char words[static USE_WORDS_SIZE]);

/** checks_refusing - the first answer that refuses and is not waived, or NULL */
const struct check *checks_refusing(const struct checks *checks);

/** check_level_name - the word of a level: "pass", "warning" or "refuse" */
const char *check_level_name(enum check_level level);
