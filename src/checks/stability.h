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

#include "checks/finding.h"
#include "checks/handover.h"

#define CHANGE_KIND_OF(id, kind, word, severity, help) CHANGE_##id,

/** enum change_kind - the rows of CHANGES in checks/code.h; those of a device say so */
enum change_kind { CHANGES(CHANGE_KIND_OF) CHANGE_KIND_COUNT };

/**
 * struct change - @finding: its subject is a device, or "group 12"
 * @judged: it is in what the plan touches, and breaks the promise
 */
struct change {
	struct finding finding;
	enum change_kind kind;
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

/** change_make - a change of @kind; @subject, which is a device's name too where @is_device, and
 * @message are borrowed */
struct change change_make(enum change_kind kind, bool judged, const char *const *subject,
			  bool is_device, const char *message);

/** change_kind_name - the word of changes[].kind */
const char *change_kind_name(enum change_kind kind);
