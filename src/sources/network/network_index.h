/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_index - the interfaces of a device, the interfaces stacked on an interface, and the
 * entries of an interface, each found without a look at all interfaces
 *
 * A machine may have thousands of devices with an interface each, so a walk over all interfaces for
 * each device would be quadratic. Interfaces and entries are named by their number, which is their
 * place in the array of struct network.
 */
#pragma once

#include "sources/network/network.h"

/** enum net_list - the lists of entries of struct network */
enum net_list {
	NET_ADDRESSES,
	NET_ROUTES,
	NET_WAYS,
	NET_USES,
	NET_LISTENERS,
	NET_LIST_COUNT,
};

/** struct net_numbers - numbers of interfaces or entries, ascending unless a function says more */
struct net_numbers {
	const uint32_t *items;
	size_t count;
};

struct network_index;

/**
 * network_index_new - the index of @network, in @arena
 * @network: its interfaces and entries are complete, and interface->device is set; it stays
 * unchanged but for its stacks
 */
_must_check_ struct network_index *network_index_new(const struct network *network,
						     struct arena *arena) _nonnull_();

/** network_index_stacks - index the stacks of the network, which are complete now; called once */
void network_index_stacks(struct network_index *index) _nonnull_();

/** network_index_of_device - the interfaces of the device at @path, or of a device below it */
struct net_numbers network_index_of_device(const struct network_index *index, const char *path)
	_nonnull_();

/** network_index_uppers - the interfaces that are stacked directly on that interface */
struct net_numbers network_index_uppers(const struct network_index *index, size_t interface)
	_nonnull_();

/**
 * network_index_above - that interface, first, and all interfaces stacked on it, in no order
 * Interfaces of a switch that have no entries may be missing.
 * Ports of an Open vSwitch have "ovs-system" as master, while the addresses are on internal
 * interfaces of the switch that have no link to it: one port reaches all of its namespace.
 * Returns: numbers that are valid until the next call.
 */
struct net_numbers network_index_above(struct network_index *index, size_t interface) _nonnull_();

/** network_index_entries - the entries of that list on that interface */
struct net_numbers network_index_entries(const struct network_index *index, enum net_list list,
					 size_t interface) _nonnull_();

/** network_index_entry - an entry of that list by its number */
const struct net_entry *network_index_entry(const struct network_index *index, enum net_list list,
					    size_t number) _nonnull_();

/** network_index_entries_on - the entries of that list on any of @interfaces */
struct net_numbers network_index_entries_on(const struct network_index *index, enum net_list list,
					    struct net_numbers interfaces) _nonnull_();
