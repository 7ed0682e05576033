/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_parts - the inside of a build; only for build.c, build_focus.c and build_log.c, which fill
 * it, and seal.c, which makes it a system
 */
#pragma once

#include "base/text_map.h"
#include "model/build.h"

/* A growing list of pointers; the objects are in the arena. */
struct list {
	void **items;
	size_t count, room;
};

/* The uses of a device, and the capacity of their arrays. */
struct growing {
	struct uses uses;
	size_t room, blind_room, setting_room, disk_room;
};

/*
 * A device while it can be changed; @device comes first, so a pointer to it is also a pointer to
 * the whole.
 */
struct built_device {
	struct device device;
	struct probing *probing;
	struct traits *traits;
	struct growing *uses;
};

struct build {
	struct arena *arena;
	struct machine machine;
	struct list iommus, groups, devices, sources, streams, reservations, table_notes, remarks,
		faults, drivers;
	const struct remark *const *sorted_remarks; /* remark_index.h */
	size_t sorted_remark_count;
	struct text_map *by_name;     /* the IOMMUs, each name with its index plus 1 */
	struct text_map *by_identity; /* the same by identity, made at the first search */
	size_t identified;	      /* the number of IOMMUs in by_identity */
	struct list by_id;	      /* the groups: items[id], NULL where there is none */
	struct list by_path;	      /* the devices: a hash table, made at the first search */
	struct list stream_owners;    /* the device of each stream, or NULL */
	size_t last_stream;   /* index of the first stream in the last answer of build_streams_of */
	bool members_unknown; /* whether a bus or a device's group could not be read */
};

/** built - the mutable device around @device, which build_device made */
static inline struct built_device *built(struct device *device)
{
	return (struct built_device *)device;
}

/** list_add - append @item; returns it */
void *list_add(struct list *list, void *item);

/** list_sort - sort by @compare, which gets pointers to the items */
void list_sort(struct list *list, int (*compare)(const void *, const void *));

/** build_sorted_remarks - the log lines so far, in the order of remark_index.h */
const struct remark *const *build_sorted_remarks(struct build *build);

/** compare_groups - order groups by number */
int compare_groups(const void *a, const void *b);
