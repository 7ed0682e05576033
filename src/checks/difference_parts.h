/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * difference_parts - the inside of a comparison of inventories; only for differences.c,
 * difference_pairs.c, difference_groups.c and difference_devices.c
 */
#pragma once

#include "checks/differences.h"

/** The index of a partner that does not exist. */
enum { NO_PARTNER = -1 };

/**
 * struct pairing - by index on one side the index of the partner on the other, or NO_PARTNER
 * @moved: by index of the old device: its partner has another location
 */
struct pairing {
	int *old_devices, *new_devices;
	bool *moved;
	int *old_groups, *new_groups;
};

/**
 * struct comparing - one comparison while it is made
 * @complete: also what follows from other differences: facts of devices and groups that are new
 * @joined: by index of the new group: the sentence about members that joined, or NULL
 */
struct comparing {
	const struct inventory *before, *after;
	struct pairing pairing;
	bool complete;
	const char **joined;
	struct arena *arena;
	struct difference *items;
	size_t count, room;
	size_t unknown[DIFFERENCE_KIND_COUNT];
};

/** pair_devices, pair_groups - fill comparing->pairing; devices first */
void pair_devices(struct comparing *comparing);
void pair_groups(struct comparing *comparing);

/** compare_group_facts - add the differences of paired groups, and fill comparing->joined */
void compare_group_facts(struct comparing *comparing);

/** compare_device_facts - add devices that came, went or changed */
void compare_device_facts(struct comparing *comparing);

/**
 * facts_differ - true where both are known and differ; counts them as unknown of @kind where only
 * one is known
 */
bool facts_differ(struct comparing *comparing, enum difference_kind kind, struct fact_text before,
		  struct fact_text after);

/**
 * difference_add - add a difference; the texts are borrowed
 * @subject: NULL: the machine     @is_device: @subject is also the finding's device
 */
struct difference *difference_add(struct comparing *comparing, enum difference_kind kind,
				  enum severity severity, const char *subject, bool is_device,
				  const char *message);

/** difference_sides - set the texts of the fact on either side */
void difference_sides(struct difference *difference, const char *before, const char *after);

/** device_with_driver - "0000:08:00.0 (nvme)", or its name alone */
const char *device_with_driver(const struct inventory_device *device, struct arena *arena);
