/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_uses - uses of a device's interfaces: addresses, routes, stacked interfaces, the session
 * that runs this program, other network namespaces
 *
 * A pure function of the network that was read (sources/network/network.h); interface->device
 * assigns interfaces to devices.
 */
#pragma once

#include "model/build.h"
#include "sources/network/network_index.h"

/**
 * network_uses - add the uses of @device, and record uses that may exist but could not be read
 * @index: of @network, with its stacks     @has_folder: sysfs has a folder "net" at or below the
 * device, so it has an interface in some namespace     @expected: its class and driver imply that
 * it has an interface An address of an interface that is down is no use. An interface in another
 * namespace is in use even if it is down: it was given away (USE_NAMESPACE).
 */
void network_uses(const struct network *network, struct network_index *index, struct build *build,
		  struct device *device, bool has_folder, bool expected) _nonnull_();
