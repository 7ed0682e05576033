/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_settings - the commands of ip(8) that set an interface's master, addresses and routes
 * again
 *
 * When an interface loses its driver, the kernel takes it out of its bridge or bond, drops its
 * addresses and all routes through it, deletes the interfaces that are stacked on it, and does not
 * restore them. A pure function of the network that was read.
 */
#pragma once

#include "model/build.h"
#include "sources/network/network_index.h"

/**
 * network_settings - add these commands to @device
 * @interface: of this process's own namespace, and up
 * Link-local addresses, and routes of the kernel and of routing daemons, return by themselves.
 * Nothing is added for an interface that has nothing else.
 */
void network_settings(const struct network *network, const struct network_index *index,
		      struct build *build, struct device *device, const struct interface *interface)
	_nonnull_();

/** network_is_link_local - true for an IPv6 address of fe80::/10 */
bool network_is_link_local(const char *address);
