/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deferred_list - the entries of /sys/kernel/debug/devices_deferred (drivers/base/dd.c:
 * deferred_devs_show)
 *
 * A line is "NAME<TAB>REASON", but the reason comes from a driver: it may have no newline, so that
 * the next name follows at once, or several newlines. Names do not contain the bus.
 */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	/** limit of lines whose name follows a reason without a newline; more are ignored */
	DEFERRED_TORN_MAX = 64,
};

/**
 * struct deferred_entry - one name of the list
 * @reason: one line, blanks for newlines, or NULL     @times: how often the name is listed
 * @matches: for the caller: the number of devices with that name; 0 at first
 */
struct deferred_entry {
	const char *name;
	const char *reason;
	size_t times, matches;
};

/** struct deferred_list - @entries by name; @torn: entries whose name has foreign text before it */
struct deferred_list {
	struct deferred_entry *entries;
	size_t count;
	struct deferred_entry torn[DEFERRED_TORN_MAX];
	size_t torn_count;
};

/** deferred_list_parse - parse @text, which is changed; everything else is in @arena */
struct deferred_list deferred_list_parse(char *text, struct arena *arena);

/** deferred_list_find - the entry of the list with that name, or NULL */
struct deferred_entry *deferred_list_find(struct deferred_list *list, const char *name);
