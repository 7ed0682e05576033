/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network_uses.h"

#include "base/text.h"
#include "sources/network/network_settings.h"

#include <string.h>

/* The uses of one interface. @above: the interface itself, and the interfaces stacked on it */
struct subject {
	const struct network *network;
	const struct network_index *index;
	struct build *build;
	struct device *device;
	const struct interface *interface;
	const struct netns *space;
	struct net_numbers above;
};

static const struct netns *space_of_entry(const struct network *network,
					  const struct interface *interface)
{
	return &network->spaces[interface->space];
}

static void add_network_use(const struct subject *subject, enum use_kind kind, const char *user)
{
	struct arena *arena = build_arena(subject->build);
	const struct netns *space = subject->space;

	build_use(subject->build, subject->device,
		  (struct use){
			  .kind = kind,
			  .node = arena_strdup(arena, subject->interface->name),
			  .user = user,
			  .evidence = space->own ? "rtnetlink, this network namespace"
						 : arena_printf(arena,
								"rtnetlink, network namespace %s",
								space->file),
		  });
}

/* The entries of a list on the interface alone. */
static struct net_numbers own_entries(const struct subject *subject, enum net_list list)
{
	return network_index_entries(subject->index, list, subject->above.items[0]);
}

/*
 * A name for messages: "br0 (bridge)", "macvlan0 (macvlan) in the network namespace of app (process
 * 12)"
 */
static const char *name_interface(const struct subject *subject, const struct interface *interface)
{
	const struct netns *space = space_of_entry(subject->network, interface);

	return arena_printf(build_arena(subject->build), "%s%s%s%s%s%s", interface->name,
			    interface->kind ? " (" : "", interface->kind ? interface->kind : "",
			    interface->kind ? ")" : "", space == subject->space ? "" : " in ",
			    space == subject->space ? "" : space->name);
}

static void add_masters(const struct subject *subject)
{
	const struct net_numbers uppers =
		network_index_uppers(subject->index, subject->above.items[0]);

	for (size_t i = 0; i < uppers.count; i++)
		add_network_use(
			subject, USE_MASTER,
			name_interface(subject, &subject->network->interfaces[uppers.items[i]]));
}

/* Add the uses of the interface, and of interfaces stacked on it. */
static void add_entry_uses(const struct subject *subject, enum net_list list, enum use_kind kind)
{
	const struct net_numbers entries =
		network_index_entries_on(subject->index, list, subject->above);
	struct arena *arena = build_arena(subject->build);

	for (size_t i = 0; i < entries.count; i++) {
		const struct net_entry *entry =
			network_index_entry(subject->index, list, entries.items[i]);
		bool direct = entry->interface == subject->interface;

		build_use(subject->build, subject->device,
			  (struct use){
				  .kind = kind,
				  .node = arena_strdup(arena, subject->interface->name),
				  .user = arena_printf(arena, "%s%s%s", entry->text,
						       direct ? "" : " on ",
						       direct ? "" : entry->interface->name),
				  .evidence = arena_strdup(arena, entry->file),
			  });
	}
}

/*
 * Add the routes that are lost with the interface's address, except default routes, which are a use
 * of their own.
 */
static void add_ways(const struct subject *subject)
{
	const struct net_numbers ways = own_entries(subject, NET_WAYS);

	for (size_t i = 0; i < ways.count; i++) {
		const struct net_entry *way =
			network_index_entry(subject->index, NET_WAYS, ways.items[i]);

		if (way->text && !text_starts(way->text, "default") &&
		    !text_starts(way->text, "::/0"))
			add_network_use(subject, USE_ROUTE,
					arena_strdup(build_arena(subject->build), way->text));
	}
}

static void add_addresses(const struct subject *subject)
{
	const struct net_numbers addresses = own_entries(subject, NET_ADDRESSES);
	size_t count = 0;

	for (size_t i = 0; i < addresses.count; i++) {
		const struct net_entry *entry =
			network_index_entry(subject->index, NET_ADDRESSES, addresses.items[i]);

		if (!entry->text || network_is_link_local(entry->text))
			continue;
		count++;
		add_network_use(subject, USE_ADDRESS,
				arena_strdup(build_arena(subject->build), entry->text));
	}
	if (count)
		add_ways(subject);
	else
		add_network_use(subject, USE_LINK_UP, "up, without an address of its own");
}

static void add_routes(const struct subject *subject)
{
	const struct net_numbers routes =
		network_index_entries_on(subject->index, NET_ROUTES, subject->above);

	for (size_t i = 0; i < routes.count; i++) {
		const struct net_entry *route =
			network_index_entry(subject->index, NET_ROUTES, routes.items[i]);
		bool direct = route->interface == subject->interface;

		if (space_of_entry(subject->network, route->interface) != subject->space)
			continue;
		add_network_use(subject, USE_DEFAULT_ROUTE,
				arena_printf(build_arena(subject->build), "default%s%s%s%s",
					     route->text ? " via " : "",
					     route->text ? route->text : "", direct ? "" : " on ",
					     direct ? "" : route->interface->name));
	}
}

static bool has_session_address(const struct net_entry *entry, const char *address)
{
	size_t length = strlen(address);

	return entry->text && strncmp(entry->text, address, length) == 0 &&
	       strchr("/ ", entry->text[length]);
}

/* True where the session's address is on the interface, or on an interface stacked on it. */
static bool carries(const struct subject *subject, struct net_numbers addresses,
		    const char *address)
{
	for (size_t i = 0; i < addresses.count; i++)
		if (has_session_address(
			    network_index_entry(subject->index, NET_ADDRESSES, addresses.items[i]),
			    address))
			return true;
	return false;
}

static void add_sessions(const struct subject *subject)
{
	const struct network *network = subject->network;
	const struct net_numbers addresses =
		network_index_entries_on(subject->index, NET_ADDRESSES, subject->above);
	struct arena *arena = build_arena(subject->build);

	for (size_t i = 0; i < network->session_count; i++) {
		const struct net_session *session = &network->sessions[i];

		if (!carries(subject, addresses, session->address))
			continue;
		build_use(subject->build, subject->device,
			  (struct use){
				  .kind = USE_SESSION,
				  .node = arena_strdup(arena, subject->interface->name),
				  .user = arena_strdup(arena, session->text),
				  .evidence = arena_strdup(arena, session->evidence),
			  });
	}
	/* An unknown session may use any address. */
	if (network->unseen_session && addresses.count)
		build_blindness(subject->build, subject->device, USE_SESSION, "%s",
				network->unseen_session);
}

static void add_uses(const struct subject *subject)
{
	const struct network *network = subject->network;

	if (subject->space->own) {
		if (subject->interface->up) {
			add_addresses(subject);
			network_settings(network, subject->index, subject->build, subject->device,
					 subject->interface);
		}
		add_routes(subject);
		add_masters(subject);
		add_entry_uses(subject, NET_USES, USE_PROTOCOL);
		add_entry_uses(subject, NET_LISTENERS, USE_LISTENER);
	} else {
		/*
		 * An interface in another namespace was given away, which is a use even if it is
		 * down there.
		 */
		add_network_use(subject, USE_NAMESPACE,
				arena_strdup(build_arena(subject->build), subject->space->name));
	}
	add_sessions(subject);
	if (network->unseen_protocol && subject->space->own && subject->interface->up)
		build_blindness(subject->build, subject->device, USE_PROTOCOL, "%s",
				network->unseen_protocol);
}

static void admit_own(const struct network *network, struct build *build, struct device *device)
{
	static const enum use_kind kinds[] = {USE_ADDRESS, USE_LINK_UP,	 USE_DEFAULT_ROUTE,
					      USE_MASTER,  USE_PROTOCOL, USE_LISTENER,
					      USE_SESSION};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		build_blindness(build, device, kinds[i], "%s", network->unseen_own);
}

/* A device has an interface, but no readable namespace has it: record that uses may exist. */
static void admit_missing(const struct network *network, struct build *build, struct device *device,
			  bool has_folder)
{
	if (network->unseen_other)
		build_blindness(build, device, USE_NAMESPACE, "%s", network->unseen_other);
	else if (has_folder)
		build_blindness(build, device, USE_NAMESPACE,
				"%s/net: its interface is in none of the network namespaces that "
				"could be read",
				device->path);
}

void network_uses(const struct network *network, struct network_index *index, struct build *build,
		  struct device *device, bool has_folder, bool expected)
{
	const struct net_numbers own = network_index_of_device(index, device->path);

	for (size_t i = 0; i < own.count; i++) {
		const struct interface *interface = &network->interfaces[own.items[i]];
		const struct subject subject = {
			.network = network,
			.index = index,
			.build = build,
			.device = device,
			.interface = interface,
			.space = space_of_entry(network, interface),
			.above = network_index_above(index, own.items[i]),
		};

		add_uses(&subject);
	}
	if (network->unseen_own && (own.count || has_folder || expected))
		admit_own(network, build, device);
	if (!own.count && (has_folder || expected))
		admit_missing(network, build, device, has_folder);
}
