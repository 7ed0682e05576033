/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read - read the files of a machine into a system */
#pragma once

#include "base/root.h"
#include "model/facts.h"
#include "model/system.h"

struct log_file;

/**
 * struct focus - the devices that a command changes; expensive facts are read only of these
 * @paths: below /sys/devices, @count of them     @driver: the driver that they will get; NULL none
 * @drivers: used in place of @driver: for each path the driver that it returns to, or NULL; it is
 * searched in the kernel, not among modules
 * @holder: a process of this program that has all their disks claimed and is no use of them, or 0
 * @members: FACT_TRAITS also of the other members of their groups
 * @alone: the caller needs no other devices than these and those that checks of them depend on:
 * with FACTS_SCOPED, FACTS_CHECKED and FACTS_EXAMINED system_read_about then reads no others, as
 * system_read_selected. It reads all where the checks may need more: where devices are below these,
 * the module of a driver has to be loaded, or a reset is one of the whole bus
 */
struct focus {
	const char *const *paths;
	size_t count;
	const char *driver;
	const char *const *drivers;
	int holder;
	bool members, alone;
};

/**
 * system_read - take a snapshot of the machine below @root
 * @facts: the facts to read (enum facts); no other file is opened
 * A source that cannot be read is no failure: the system then tells so in its sources. Where
 * devices or groups were added or removed during the reading, all is read again, a few times;
 * source "stable" tells so.
 * Returns: 0 and a system to be freed with system_free; a negative errno where nothing can be read.
 */
_must_check_ int system_read(const struct root *root, unsigned facts,
			     const struct system **ret_system, struct error *e);

/**
 * system_read_with_log - system_read with the lines of @log in place of the machine's kernel log
 * @log: sources/deferral/log_file.h; NULL: the machine's own
 */
_must_check_ int system_read_with_log(const struct root *root, unsigned facts,
				      const struct log_file *log, const struct system **ret_system,
				      struct error *e);

/**
 * system_read_selected - system_read_with_log for a command about some devices
 * @selectors: NULL-terminated; names, paths or "group:N" (model/select.h)
 * Where the facts are among FACTS_SCOPED, and each selector names devices with a group, the system
 * has only these devices, the members of their groups, these groups, and all IOMMUs. Facts about
 * them are those of a whole reading; other devices and groups were not asked for.
 * In all other cases the whole machine is read, and the buses of the devices that @selectors name.
 */
_must_check_ int system_read_selected(const struct root *root, unsigned facts,
				      const char *const *selectors, const struct log_file *log,
				      const struct system **ret_system, struct error *e);

/**
 * system_read_naming - system_read, and the buses of the devices that @selectors name
 * system_read leaves out a bus on which no device has a group, such as the vmbus of Hyper-V.
 * @selectors: as for system_read_selected; they limit nothing
 */
_must_check_ int system_read_naming(const struct root *root, unsigned facts,
				    const char *const *selectors, const struct system **ret_system,
				    struct error *e);

/**
 * system_read_about - system_read_naming for the devices in focus, with FACT_USES, FACT_TRAITS and
 * FACT_DRIVERS of them
 */
_must_check_ int system_read_about(const struct root *root, unsigned facts,
				   const struct focus *focus, const struct system **ret_system,
				   struct error *e);
