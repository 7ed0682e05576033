/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stability - compare two snapshots: did the groups stay the same?
 *
 * The promise: a device that no move names keeps its driver; each group with a moved device keeps
 * its number, fingerprint, type and streams. A device below a moved one counts as moved, as the
 * move explains its removal or new driver. A moved device without a group may get one, and may join
 * a group that its streams or its place on PCI predict. Changes in other groups are reported, not
 * judged. A fact about a touched group that can no longer be read counts as changed.
 */
#pragma once

#include "checks/finding.h"
#include "checks/handover.h"

#define CHANGE_KIND_OF(id, kind, word, severity, help) CHANGE_##id,

/**
 * enum change_kind - the rows of CHANGES in checks/code.h; kinds about a device have DEVICE in
 * their names
 */
enum change_kind { CHANGES(CHANGE_KIND_OF) CHANGE_KIND_COUNT };

/**
 * struct change - one difference
 * @finding: its subject is a device, or "group 12"
 * @judged: it concerns a touched group or moved device, and breaks the promise
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
 * stability_compare - the differences of groups between two snapshots
 * @touched: paths of the moved devices, @touched_count of them
 * @arena: owns the result; it has no pointers into either system
 */
struct changes stability_compare(const struct system *before, const struct system *after,
				 const char *const *touched, size_t touched_count,
				 struct arena *arena);

/**
 * stability_compare_rescanned - stability_compare after devices were removed and found again
 * Devices are paired by location where the path has changed (model/location.h), and groups may have
 * another number: both is reported, not judged.
 */
struct changes stability_compare_rescanned(const struct system *before, const struct system *after,
					   const char *const *touched, size_t touched_count,
					   struct arena *arena);

/**
 * stability_compare_functions - stability_compare after virtual functions were made or removed
 * They come and go with their groups, which may have another number; one that joins the group of
 * its physical function is no change.
 * @physical: path of the physical function
 * @functions: paths of its virtual functions before and after, @function_count of them
 */
struct changes stability_compare_functions(const struct system *before, const struct system *after,
					   const char *physical, const char *const *functions,
					   size_t function_count, struct arena *arena);

/**
 * stability_compare_domains - stability_compare after the types of groups were changed
 * A group of @domains may have the type that it had, or the one that it was to get: whether that is
 * the right one of both is known to the caller.
 * @domains: @domain_count of them, of the system @before
 */
struct changes stability_compare_domains(const struct system *before, const struct system *after,
					 const char *const *touched, size_t touched_count,
					 const struct domain_change *domains, size_t domain_count,
					 struct arena *arena);

/**
 * changes_judged - a change that breaks the promise: the first device that is gone, else the first
 * change; or NULL
 */
const struct change *changes_judged(const struct changes *changes);

/**
 * change_make - a change of @kind; @message is borrowed, and @subject, which with @is_device is
 * also added as a device
 */
struct change change_make(enum change_kind kind, bool judged, const char *const *subject,
			  bool is_device, const char *message);

/** change_kind_name - the word of a kind of change, in changes[].kind */
const char *change_kind_name(enum change_kind kind);
