/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read - from the files of one machine to a system
 */
#pragma once

#include "base/root.h"
#include "model/facts.h"
#include "model/system.h"

/**
 * struct focus - the devices that a change is about; facts that cost much are read of these alone
 * @paths: below /sys/devices, @count of them     @driver: where they are to go; NULL nowhere
 * @drivers: in its place, for each path the driver that it is to go back to, or NULL; it is looked
 * for in the kernel, not among modules
 * @holder: a process of ours that has all their disks claimed and is no use of them, or 0
 */
struct focus {
	const char *const *paths;
	size_t count;
	const char *driver;
	const char *const *drivers;
	int holder;
};

/**
 * system_read - take a snapshot of the machine below @root
 * @facts: what is wanted (enum facts); nothing else is opened
 * A source that cannot be read is no failure: the system then says so in its sources. Where devices
 * or groups came or went meanwhile, it looks again, a few times; source "stable" tells.
 * Returns: 0 and a system to be freed with system_free; a negative errno where nothing can be read.
 */
int system_read(const struct root *root, unsigned facts, const struct system **ret_system,
		struct error *e);

/** system_read_about - the same with FACT_USES, FACT_TRAITS and FACT_DRIVERS of what is in focus */
int system_read_about(const struct root *root, unsigned facts, const struct focus *focus,
		      const struct system **ret_system, struct error *e);
