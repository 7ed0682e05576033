/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink: the interfaces of devices in focus, in any network namespace, and their uses.
 *
 * An interface that was moved to another namespace leaves an empty folder "net" in sysfs: files
 * alone show that it exists, but not whether it is up there.
 */
#include "sources/network/rtnetlink.h"
#include "base/text.h"
#include "model/pci.h"
#include "model/vfio_driver.h"
#include "sources/network/network.h"
#include "sources/network/network_kernel.h"
#include "sources/network/network_live.h"
#include "sources/network/network_uses.h"
#include "sources/sources.h"
#include "sources/usage/below.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int network_read(const struct root *root, struct arena *arena, struct processes *processes,
		 char **ret_text)
{
	size_t length;

	return root_is_live(root) ? network_live(root, arena, processes, ret_text)
				  : root_read_all(root, arena, CAPTURED_NETWORK, NETWORK_MAX,
						  ret_text, &length);
}

static bool expects_interface(const struct device *device)
{
	return device_base_class(device) == PCI_BASE_NETWORK && device->driver &&
	       !driver_is_placeholder(device);
}

/* A device in focus whose network uses are read. */
struct networked {
	struct device *device;
	bool has_folder, expected;
};

static size_t find_networked(struct reading *reading, struct networked *ret_found)
{
	size_t count = 0;

	for (size_t i = 0; i < reading->below_count; i++) {
		struct networked one = {.device = reading->below[i].device,
					.has_folder = reading->below[i].has_net};

		if (!one.device)
			continue;
		one.expected = expects_interface(one.device);
		if (one.has_folder || one.expected)
			ret_found[count++] = one;
	}
	return count;
}

static const char *follow(const struct root *root, struct arena *arena, const char *folder,
			  const char *name)
{
	char target[PATH_SIZE];

	return root_follow(root, folder, name, target) > 0 ? arena_strdup(arena, target) : NULL;
}

/*
 * The device of an interface: rtnetlink names it from Linux 5.14 on; sysfs shows it for this
 * process's own namespace only.
 */
static const char *device_of(const struct root *root, struct arena *arena,
			     const struct interface *interface, bool own)
{
	const char *path = NULL;
	char target[PATH_SIZE];

	if (interface->bus && interface->parent &&
	    root_followf(root, target, "/sys/bus/%s/devices/%s", interface->bus,
			 interface->parent) > 0)
		path = arena_strdup(arena, target);
	if (!path && own)
		path = follow(root, arena, "/sys/class/net", interface->name);
	return path;
}

/*
 * True for an interface in another namespace without a known device, of a kind that has one: it may
 * belong to any device.
 */
static bool is_homeless(const struct interface *interface, bool own)
{
	return !own && !interface->device && !interface->loopback && !interface->kind;
}

static void place(const struct root *root, struct arena *arena, struct network *network)
{
	for (size_t i = 0; i < network->interface_count; i++) {
		struct interface *interface = &network->interfaces[i];
		const struct netns *space = &network->spaces[interface->space];

		interface->device = device_of(root, arena, interface, space->own);
		if (is_homeless(interface, space->own) && !network->unseen_other)
			network->unseen_other =
				arena_printf(arena, "%s of %s does not name its device",
					     interface->name, space->name);
	}
}

/*
 * A walk over the folders of interfaces in sysfs. @queue: numbers of the interfaces to list, each
 * of them once     @queued: by interface     @lower: the interface whose folder is being listed
 */
struct stacking {
	struct arena *arena;
	struct network *network;
	uint32_t *queue;
	size_t count;
	bool *queued;
	const struct interface *lower;
};

static void queue_interface(struct stacking *stacking, const struct interface *interface)
{
	size_t number = (size_t)(interface - stacking->network->interfaces);

	if (stacking->queued[number])
		return;
	stacking->queued[number] = true;
	stacking->queue[stacking->count++] = (uint32_t)number;
}

static int add_stack(void *context, const char *name)
{
	struct stacking *stacking = context;
	struct network *network = stacking->network;
	const char *upper_name = text_after(name, "upper_");
	const struct interface *upper =
		upper_name ? network_own_interface(network, upper_name) : NULL;

	if (!upper)
		return 0;
	queue_interface(stacking, upper);
	if (upper->lower == stacking->lower || stacking->lower->master == upper)
		return 0;
	network->stacks = arena_grow(stacking->arena, network->stacks, network->stack_count,
				     &network->stack_room, sizeof(*network->stacks));
	network->stacks[network->stack_count++] = (struct net_stack){stacking->lower, upper};
	return 0;
}

static void queue_interfaces_of(struct stacking *stacking, const struct network_index *index,
				const struct device *device)
{
	const struct net_numbers own = network_index_of_device(index, device->path);

	for (size_t i = 0; i < own.count; i++) {
		const struct interface *interface = &stacking->network->interfaces[own.items[i]];

		if (stacking->network->spaces[interface->space].own)
			queue_interface(stacking, interface);
	}
}

/*
 * Find the interfaces stacked on those of devices in focus, and on these in turn: sysfs has a link
 * "upper_NAME" for each, rtnetlink only for masters and for kinds with IFLA_LINK (net/core/dev.c:
 * netdev_adjacent_sysfs_add). An interface that rtnetlink reports may have others on it that it
 * does not report, such as an HSR interface on a bond.
 */
static void find_stacks(const struct root *root, struct arena *arena, struct network *network,
			const struct network_index *index, const struct networked *networked,
			size_t count)
{
	struct stacking stacking = {
		.arena = arena,
		.network = network,
		.queue = arena_array(arena, network->interface_count, sizeof(*stacking.queue)),
		.queued = arena_array(arena, network->interface_count, sizeof(*stacking.queued)),
	};

	if (!network->interfaces)
		return;
	for (size_t i = 0; i < count; i++)
		queue_interfaces_of(&stacking, index, networked[i].device);
	for (size_t i = 0; i < stacking.count; i++) {
		stacking.lower = &network->interfaces[stacking.queue[i]];
		root_listf(root, add_stack, &stacking, "/sys/class/net/%s", stacking.lower->name);
	}
}

static struct network read_network(struct reading *reading, struct arena *scratch)
{
	struct network network = {0};
	char *text;
	int result = network_read(reading->root, scratch, reading->processes, &text);

	if (result == 0) {
		reading_done(reading, "rtnetlink");
		network_parse(text, scratch, &network);
		place(reading->root, scratch, &network);
		network_kernel_uses(reading->root, scratch, &network);
	} else {
		reading_failed(reading, "rtnetlink", result, "network interfaces");
		network.unseen_own = network.unseen_other =
			arena_printf(scratch, "rtnetlink: %s", strerror(-result));
	}
	return network;
}

static void apply_network(struct reading *reading, struct arena *scratch,
			  const struct networked *networked, size_t count)
{
	struct network network = read_network(reading, scratch);
	struct network_index *index = network_index_new(&network, scratch);

	find_stacks(reading->root, scratch, &network, index, networked, count);
	network_index_stacks(index);
	for (size_t i = 0; i < count; i++)
		network_uses(&network, index, reading->build, networked[i].device,
			     networked[i].has_folder, networked[i].expected);
}

int source_rtnetlink(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct networked *networked;
	size_t count;

	if (!reading_wants(reading, FACT_USES) || !reading->focus)
		return 0;
	scratch = arena_new();
	networked = arena_array(scratch, reading->below_count, sizeof(*networked));
	count = find_networked(reading, networked);
	if (count)
		apply_network(reading, scratch, networked, count);
	else
		build_source(reading->build, "rtnetlink", SOURCE_SKIPPED, NULL);
	return 0;
}
