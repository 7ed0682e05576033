/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check - one question asked before devices are moved, its answer and its evidence
 *
 * Checks are pure functions of a handover: the snapshot and the moves that are meant. A check that
 * could not look says so and refuses: silence is no permission.
 */
#pragma once

#include "base/arena.h"
#include "checks/handover.h"

/** enum check_id - the questions; their words (check_kinds) are stable */
enum check_id {
	/* in use */
	CHECK_SYSTEM_DISK,
	CHECK_MOUNTED,
	CHECK_SWAP,
	CHECK_BLOCK_HOLDER,
	CHECK_BLOCK_BACKING,
	CHECK_BLOCK_CLAIMED,
	CHECK_NET_SESSION,
	CHECK_NET_ADDRESS,
	CHECK_NET_ROUTE,
	CHECK_NET_MASTER,
	CHECK_NET_NAMESPACE,
	CHECK_NET_UP,
	CHECK_RDMA,
	CHECK_NODE_OPEN,
	CHECK_VFIO_OPEN,
	CHECK_VIRTUAL_FUNCTIONS,
	CHECK_MEDIATED,
	CHECK_CONSUMERS,
	CHECK_DISPLAY,
	CHECK_CONSOLE,
	CHECK_WATCHDOG,
	CHECK_TPM,
	CHECK_IPMI,
	CHECK_OTHER_TOOL,
	/* will it work */
	CHECK_CONTAINER,
	CHECK_UNBINDABLE,
	CHECK_DRIVER,
	CHECK_DRIVER_MATCH,
	CHECK_MODULE_BLACKLISTED,
	CHECK_MODULE_TAKES_OTHERS,
	CHECK_OVERRIDE,
	CHECK_BRIDGE,
	CHECK_DENYLIST,
	CHECK_GROUP,
	CHECK_NO_IOMMU_MODE,
	CHECK_VIABLE,
	CHECK_RESERVED_REGION,
	CHECK_INTERRUPTS,
	CHECK_GROUP_IN_USE,
	CHECK_DEFERRED,
	CHECK_VF_TOKEN,
	CHECK_RESET,
	CHECK_POWER,
	CHECK_IDENTITY,
	CHECK_MEMLOCK,
	CHECK_ID_COUNT,
};

enum check_level {
	CHECK_PASS,
	CHECK_WARNING,
	CHECK_REFUSE,
	CHECK_LEVEL_COUNT,
};

/**
 * struct check_kind - @name: stable word     @help: what it asks
 * @waivable: --waive takes it; a single answer may still be final
 */
struct check_kind {
	const char *name;
	const char *help;
	bool waivable;
};

extern const struct check_kind check_kinds[CHECK_ID_COUNT];

/**
 * struct check - one answer
 * @device: NULL where it is about the machine     @message: what is so, a sentence
 * @evidence: the file that says so, or NULL     @remedy: what to do, or NULL
 * @unknown: it could not look; its level is then CHECK_REFUSE, or a warning where not knowing
 * can do no harm
 * @final: it cannot be waived, though others of its id can: the kernel would fail, hang or crash
 * @waived: the user said to go on all the same
 */
struct check {
	enum check_id id;
	enum check_level level;
	const struct device *device;
	const char *message;
	const char *evidence;
	const char *remedy;
	bool unknown, final, waived;
};

/** struct checks - in the order of the moves, for each in the order of the ids */
struct checks {
	struct check *items;
	size_t count, room;
};

/** struct checking - what a check function is given     @move: the one it is asked about */
struct checking {
	const struct handover *handover;
	const struct move *move;
	struct arena *arena;
	struct checks *checks;
};

/** check_add - take in an answer; its strings are borrowed, or lie in checking->arena */
void check_add(struct checking *checking, struct check check);

/** check_say - the same with a message made here; foreign text in it may be cut */
void check_say(struct checking *checking, struct check check, const char *format, ...)
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

/** checks_refusing - the first check that refuses and is not waived, or NULL */
const struct check *checks_refusing(const struct checks *checks);

const char *check_level_name(enum check_level level);
