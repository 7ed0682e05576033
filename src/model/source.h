/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source - an interface that facts come from, and whether it was read */
#pragma once

#include <stdbool.h>

/**
 * enum source_state - whether an interface was read
 *
 * SOURCE_PARTIAL means that facts were taken from the interface, and that others of its facts are
 * missing: one of its files or entries could not be read (whatever the errno) or not be understood,
 * or the kernel has overwritten the beginning of its log. A fact that was found holds. "Not found"
 * is unknown, as for an interface that is denied, malformed or busy, from which nothing was taken.
 */
enum source_state {
	SOURCE_READ,	  /* the interface was read; things that it does not list do not exist */
	SOURCE_PARTIAL,	  /* a part of the interface was read, see above */
	SOURCE_ABSENT,	  /* this machine does not have the interface */
	SOURCE_DENIED,	  /* the interface exists, but this process may not read it */
	SOURCE_MALFORMED, /* the interface cannot be read or parsed */
	SOURCE_BUSY,	  /* the interface did not answer in time: the kernel holds a lock */
	SOURCE_SKIPPED,	  /* no requested fact needs the interface */
	SOURCE_STATE_COUNT,
};

/**
 * struct source - one interface that facts come from
 * @name: stable word, such as "iommu_groups"     @detail: the file and the failure, or NULL
 * @busy: a file of it did not answer in time; the state is then "busy" or "partial"
 * @lacks_rights: root could read it: as far as is known, its files failed for no other reason
 */
struct source {
	const char *name;
	enum source_state state;
	const char *detail;
	bool busy, lacks_rights;
};

/** source_state_name - the word of a state in JSON documents and tables */
const char *source_state_name(enum source_state state);

/**
 * source_is_unread - true where facts of the interface are unknown: it exists and could not be read
 * in full; false for NULL. An interface that this machine does not have, or that no requested fact
 * needs, does not count.
 */
bool source_is_unread(const struct source *source);
