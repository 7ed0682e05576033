/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deferred_list - /sys/kernel/debug/devices_deferred as a value
 * (drivers/base/dd.c: deferred_devs_show)
 *
 * A line is "NAME<TAB>REASON", but the reason comes from a driver: it may lack its newline, so that
 * the next name follows without a break, or have several. Names carry no bus.
 */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	/** lines whose name follows a reason without a break: more than these are not looked at */
	DEFERRED_TORN_MAX = 64,
};

/**
 * struct deferred_entry
 * @reason: one line, blanks for newlines, or NULL     @times: how often the name is listed
 * @matches: for the caller: how many devices have the name; 0 at first
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

/** deferred_list_parse - @text is taken apart; everything else lies in @arena */
struct deferred_list deferred_list_parse(char *text, struct arena *arena);

/** deferred_list_find - the entry of that name, or NULL */
struct deferred_entry *deferred_list_find(struct deferred_list *list, const char *name);
