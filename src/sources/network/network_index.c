/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network_index.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Numbers by interface: those of interface i are items[first[i]] to items[first[i + 1] - 1]. */
struct numbers_by_interface {
	uint32_t *first, *items;
};

/*
 * The Open vSwitch of a namespace. @reached: its ports and the interfaces stacked on these, as far
 * as they have entries: most of thousands of ports have none
 */
struct net_switch {
	size_t space;
	struct net_numbers reached;
};

/*
 * @by_device: the interfaces that have a device, sorted by its path, and then by number
 * @ports: the interfaces of Open vSwitch, those of a namespace together
 * @switches: by namespace     @marks: by interface: the number of the last call of
 * network_index_above that reached it     @reached: the result of that call
 */
struct network_index {
	struct arena *arena;
	const struct network *network;
	const struct interface **by_device;
	size_t by_device_count;
	struct numbers_by_interface entries[NET_LIST_COUNT], uppers;
	struct net_numbers ports;
	struct net_switch *switches;
	size_t switch_count;
	uint32_t *marks, *reached, call;
	size_t reached_count;
};

static const struct net_entries *entries_of(const struct network *network, enum net_list list)
{
	const struct net_entries *const lists[] = {
		[NET_ADDRESSES] = &network->addresses, [NET_ROUTES] = &network->routes,
		[NET_WAYS] = &network->ways,	       [NET_USES] = &network->uses,
		[NET_LISTENERS] = &network->listeners,
	};

	return lists[list];
}

static uint32_t interface_number(const struct network *network, const struct interface *interface)
{
	return (uint32_t)(interface - network->interfaces);
}

/* Sort @values by the interface in @keys; values of the same interface keep their order. */
static struct numbers_by_interface sort_by_interface(const struct network_index *index,
						     const uint32_t *keys, const uint32_t *values,
						     size_t count)
{
	size_t interfaces = index->network->interface_count;
	struct numbers_by_interface sorted = {
		arena_array(index->arena, interfaces + 2, sizeof(uint32_t)),
		arena_array(index->arena, count, sizeof(uint32_t)),
	};

	/* The counts stand one place further: each addition moves a first number to its place. */
	for (size_t i = 0; i < count; i++)
		sorted.first[keys[i] + 2]++;
	for (size_t i = 2; i < interfaces + 2; i++)
		sorted.first[i] += sorted.first[i - 1];
	for (size_t i = 0; i < count; i++)
		sorted.items[sorted.first[keys[i] + 1]++] = values[i];
	return sorted;
}

static void index_entries(struct network_index *index, enum net_list list)
{
	const struct net_entries *entries = entries_of(index->network, list);
	uint32_t *keys = arena_array(index->arena, entries->count, sizeof(*keys));
	uint32_t *values = arena_array(index->arena, entries->count, sizeof(*values));

	for (size_t i = 0; i < entries->count; i++) {
		keys[i] = interface_number(index->network, entries->items[i].interface);
		values[i] = (uint32_t)i;
	}
	index->entries[list] = sort_by_interface(index, keys, values, entries->count);
}

static int compare_device_paths(const void *a, const void *b)
{
	const struct interface *left = *(const struct interface *const *)a;
	const struct interface *right = *(const struct interface *const *)b;
	int order = strcmp(left->device, right->device);

	return order ? order : (left > right) - (left < right);
}

static void index_devices(struct network_index *index)
{
	const struct network *network = index->network;

	index->by_device =
		arena_array(index->arena, network->interface_count, sizeof(*index->by_device));
	for (size_t i = 0; i < network->interface_count; i++)
		if (network->interfaces[i].device)
			index->by_device[index->by_device_count++] = &network->interfaces[i];
	if (index->by_device_count)
		qsort(index->by_device, index->by_device_count, sizeof(*index->by_device),
		      compare_device_paths);
}

static bool is_switch_port(const struct interface *interface)
{
	return interface->kind && strcmp(interface->kind, "openvswitch") == 0;
}

static void index_ports(struct network_index *index)
{
	const struct network *network = index->network;
	uint32_t *ports = arena_array(index->arena, network->interface_count, sizeof(*ports));

	for (size_t i = 0; i < network->interface_count; i++)
		if (is_switch_port(&network->interfaces[i]))
			ports[index->ports.count++] = (uint32_t)i;
	index->ports.items = ports;
}

struct network_index *network_index_new(const struct network *network, struct arena *arena)
{
	struct network_index *index = arena_alloc(arena, sizeof(*index));

	index->arena = arena;
	index->network = network;
	index->marks = arena_array(arena, network->interface_count, sizeof(*index->marks));
	index->reached = arena_array(arena, network->interface_count, sizeof(*index->reached));
	for (int list = 0; list < NET_LIST_COUNT; list++)
		index_entries(index, (enum net_list)list);
	index_devices(index);
	index_ports(index);
	return index;
}

/* The pairs of an interface and another that is stacked on it, so far. */
struct stack_pairs {
	uint32_t *lower, *upper;
	size_t count;
};

static void add_stack_pair(const struct network_index *index, struct stack_pairs *pairs,
			   const struct interface *lower, const struct interface *upper)
{
	if (!lower || !upper)
		return;
	pairs->lower[pairs->count] = interface_number(index->network, lower);
	pairs->upper[pairs->count++] = interface_number(index->network, upper);
}

static int compare_net_numbers(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

static struct net_numbers numbers_at(const struct numbers_by_interface *sorted, size_t interface)
{
	return (struct net_numbers){sorted->items + sorted->first[interface],
				    sorted->first[interface + 1] - sorted->first[interface]};
}

static void reach(struct network_index *index, uint32_t interface)
{
	if (index->marks[interface] == index->call)
		return;
	index->marks[interface] = index->call;
	index->reached[index->reached_count++] = interface;
}

static void reach_uppers(struct network_index *index, uint32_t interface)
{
	const struct net_numbers uppers = network_index_uppers(index, interface);

	for (size_t i = 0; i < uppers.count; i++)
		reach(index, uppers.items[i]);
}

static bool has_entries(const struct network_index *index, uint32_t interface)
{
	for (int list = 0; list < NET_LIST_COUNT; list++)
		if (network_index_entries(index, (enum net_list)list, interface).count)
			return true;
	return false;
}

/* The switch with @count of the ports. */
static void add_switch(struct network_index *index, const uint32_t *ports, size_t count,
		       size_t space)
{
	uint32_t *items;
	size_t kept = 0;

	index->call++;
	index->reached_count = 0;
	for (size_t i = 0; i < count; i++)
		reach(index, ports[i]);
	for (size_t i = 0; i < index->reached_count; i++)
		reach_uppers(index, index->reached[i]);
	items = arena_array(index->arena, index->reached_count, sizeof(*items));
	for (size_t i = 0; i < index->reached_count; i++)
		if (has_entries(index, index->reached[i]))
			items[kept++] = index->reached[i];
	index->switches[index->switch_count++] = (struct net_switch){space, {items, kept}};
}

static size_t space_of_port(const struct network_index *index, size_t port)
{
	return index->network->interfaces[index->ports.items[port]].space;
}

static void index_switches(struct network_index *index)
{
	index->switches =
		arena_array(index->arena, index->network->space_count, sizeof(*index->switches));
	for (size_t i = 0, count; i < index->ports.count; i += count) {
		size_t space = space_of_port(index, i);

		for (count = 1;
		     i + count < index->ports.count && space_of_port(index, i + count) == space;)
			count++;
		add_switch(index, index->ports.items + i, count, space);
	}
}

void network_index_stacks(struct network_index *index)
{
	const struct network *network = index->network;
	size_t most = 2 * network->interface_count + network->stack_count;
	struct stack_pairs pairs = {arena_array(index->arena, most, sizeof(*pairs.lower)),
				    arena_array(index->arena, most, sizeof(*pairs.upper))};

	for (size_t i = 0; i < network->interface_count; i++) {
		const struct interface *interface = &network->interfaces[i];

		add_stack_pair(index, &pairs, interface, interface->master);
		if (interface->lower && interface->lower->master != interface)
			add_stack_pair(index, &pairs, interface->lower, interface);
	}
	for (size_t i = 0; i < network->stack_count; i++)
		add_stack_pair(index, &pairs, network->stacks[i].lower, network->stacks[i].upper);
	index->uppers = sort_by_interface(index, pairs.lower, pairs.upper, pairs.count);
	for (size_t i = 0; i < network->interface_count; i++) {
		const struct net_numbers uppers = numbers_at(&index->uppers, i);

		if (uppers.count)
			qsort((uint32_t *)uppers.items, uppers.count, sizeof(*uppers.items),
			      compare_net_numbers);
	}
	index_switches(index);
}

/* The number of interfaces with a device whose path begins with less than @path and @end. */
static size_t count_before(const struct network_index *index, const char *path, int end)
{
	size_t low = 0, high = index->by_device_count, length = strlen(path);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *device = index->by_device[middle]->device;
		int order = strncmp(device, path, length);

		if (order < 0 || (order == 0 && (unsigned char)device[length] < end))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct net_numbers network_index_of_device(const struct network_index *index, const char *path)
{
	/* Between the path itself and "PATH/…" there may be others, such as "PATH-1". */
	size_t own = count_before(index, path, '\0'), own_end = count_before(index, path, 1);
	size_t below = count_before(index, path, '/'), end = count_before(index, path, '/' + 1);
	struct net_numbers found = {.count = own_end - own + end - below};
	uint32_t *items;

	if (!found.count)
		return found;
	found.items = items = arena_array(index->arena, found.count, sizeof(*items));
	while (own < own_end)
		*items++ = interface_number(index->network, index->by_device[own++]);
	while (below < end)
		*items++ = interface_number(index->network, index->by_device[below++]);
	qsort(items - found.count, found.count, sizeof(*items), compare_net_numbers);
	return found;
}

struct net_numbers network_index_uppers(const struct network_index *index, size_t interface)
{
	return numbers_at(&index->uppers, interface);
}

static int compare_switch_space(const void *key, const void *element)
{
	size_t space = *(const size_t *)key, other = ((const struct net_switch *)element)->space;

	return space < other ? -1 : space > other;
}

static void reach_switch(struct network_index *index, size_t space)
{
	const struct net_switch *found = bsearch(&space, index->switches, index->switch_count,
						 sizeof(*found), compare_switch_space);

	for (size_t i = 0; found && i < found->reached.count; i++)
		reach(index, found->reached.items[i]);
}

struct net_numbers network_index_above(struct network_index *index, size_t interface)
{
	size_t space = index->network->interfaces[interface].space;
	bool switched = false;

	index->call++;
	index->reached_count = 0;
	reach(index, (uint32_t)interface);
	for (size_t i = 0; i < index->reached_count; i++) {
		const struct interface *at = &index->network->interfaces[index->reached[i]];

		reach_uppers(index, index->reached[i]);
		if (!switched && is_switch_port(at) && at->space == space) {
			reach_switch(index, space);
			switched = true;
		}
	}
	return (struct net_numbers){index->reached, index->reached_count};
}

struct net_numbers network_index_entries(const struct network_index *index, enum net_list list,
					 size_t interface)
{
	return numbers_at(&index->entries[list], interface);
}

const struct net_entry *network_index_entry(const struct network_index *index, enum net_list list,
					    size_t number)
{
	return &entries_of(index->network, list)->items[number];
}

struct net_numbers network_index_entries_on(const struct network_index *index, enum net_list list,
					    struct net_numbers interfaces)
{
	struct net_numbers one, all = {0};
	uint32_t *items;

	for (size_t i = 0; i < interfaces.count; i++)
		all.count += network_index_entries(index, list, interfaces.items[i]).count;
	if (!all.count)
		return all;
	all.items = items = arena_array(index->arena, all.count, sizeof(*items));
	for (size_t i = 0; i < interfaces.count; i++) {
		one = network_index_entries(index, list, interfaces.items[i]);
		for (size_t j = 0; j < one.count; j++)
			*items++ = one.items[j];
	}
	qsort(items - all.count, all.count, sizeof(*items), compare_net_numbers);
	return all;
}
