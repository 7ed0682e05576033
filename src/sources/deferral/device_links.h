/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device_links - the links between suppliers and consumers of the driver core, from
 * /sys/class/devlink (drivers/base/core.c: device_link_add)
 *
 * Each has a folder "BUS:SUPPLIER--BUS:CONSUMER" there. The same links are in the consumer's
 * folder, among all its files: to list that of each device would take longer.
 */
#pragma once

#include "base/root.h"

#include <stddef.h>

/** struct device_link - one link; both ends as "BUS:NAME" */
struct device_link {
	const char *supplier, *consumer;
};

/** struct device_links - all links, sorted by consumer; those of one consumer by supplier */
struct device_links {
	const struct device_link *items;
	size_t count;
};

/** device_links_read - all links, in @arena; none where the folder cannot be read */
struct device_links device_links_read(const struct root *root, struct arena *arena);

/** device_links_of - the links of the device @bus:@name as a consumer: the first of @ret_count */
const struct device_link *device_links_of(const struct device_links *links, const char *bus,
					  const char *name, size_t *ret_count);
