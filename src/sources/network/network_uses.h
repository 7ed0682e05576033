/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_uses - who uses the interfaces of a device: addresses, routes, what is stacked on them,
 * our own session, other network namespaces
 *
 * A pure function of what was seen (sources/network/network.h); interface->device says which
 * interfaces hang off which device.
 */
#pragma once

#include "model/build.h"
#include "sources/network/network.h"

/**
 * network_uses - add the uses of @device, and what may exist unseen
 * @has_folder: sysfs has a folder "net" at or below the device, so that it has an interface
 * somewhere     @expected: its class and driver say that it has one
 * An address of an interface that is down is no use of it. An interface in another namespace is in
 * use even where it is down: it was given away (USE_NAMESPACE).
 */
void network_uses(const struct network *network, struct build *build, struct device *device,
		  bool has_folder, bool expected);
