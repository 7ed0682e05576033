/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stability - are the groups what they were: two snapshots compared
 *
 * The promise: a device that no move names has the driver it had; each group that a move touches
 * has the number, fingerprint, type and streams it had. A device below a moved one counts as moved:
 * where it is gone or has another driver, the move did it. A moved device that had no group may
 * gain one, and may join a group that is there if its streams or its place on PCI predict that one.
 * What changed in other groups meanwhile is reported, not judged. What cannot be read any more of a
 * group that is touched counts as changed.
 */
#pragma once

#include "checks/handover.h"

enum change_kind {
	CHANGE_RENUMBERED, /* same members, another number */
	CHANGE_MEMBERS,	   /* a device left it or joined it */
	CHANGE_IOMMU,	   /* same members, behind another IOMMU */
	CHANGE_GROUP_GONE,
	CHANGE_GROUP_GAINED, /* a moved device that had none: no fault */
	CHANGE_TYPE,
	CHANGE_STREAMS,
	CHANGE_DRIVER, /* of a device that no move names */
	CHANGE_DEVICE_GONE,
	CHANGE_DEVICE_CAME,
	CHANGE_FORGOTTEN, /* what was remembered of a device, as it is gone: no matter of groups */
	CHANGE_KIND_COUNT,
};

/**
 * struct change - @subject: a device, or "group 12"     @message: a sentence
 * @judged: it is in what the plan touches, and breaks the promise
 */
struct change {
	enum change_kind kind;
	const char *subject;
	const char *message;
	bool judged;
};

struct changes {
	const struct change *items;
	size_t count;
};

/**
 * stability_compare - what became of the groups between two snapshots
 * @touched: paths of the devices that are moved, @touched_count of them
 * @arena: owns the result; it holds no pointers into either system
 */
struct changes stability_compare(const struct system *before, const struct system *after,
				 const char *const *touched, size_t touched_count,
				 struct arena *arena);

/** changes_judged - the first one that breaks the promise, or NULL */
const struct change *changes_judged(const struct changes *changes);

const char *change_kind_name(enum change_kind kind);
