/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network_uses.h"

#include "base/text.h"
#include "sources/network/network_settings.h"

#include <string.h>

/* The uses of one interface; @above marks it and the interfaces stacked on it. */
struct subject {
	const struct network *network;
	struct build *build;
	struct device *device;
	const struct interface *interface;
	const struct netns *space;
	bool *above;
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

static bool is_switch(const struct interface *interface)
{
	return interface->kind && strcmp(interface->kind, "openvswitch") == 0;
}

static bool is_stacked_above(const struct subject *subject, const struct interface *interface)
{
	return subject->above[interface - subject->network->interfaces];
}

static bool mark(const struct subject *subject, const struct interface *interface)
{
	bool fresh = !is_stacked_above(subject, interface);

	subject->above[interface - subject->network->interfaces] = true;
	return fresh;
}

/*
 * Mark the interfaces stacked on marked interfaces; true if any were added. Ports of an OVS switch
 * have ovs-system as master, while the addresses are on internal interfaces of the switch that have
 * no link to it.
 */
static bool mark_story(const struct subject *subject, bool *switched)
{
	const struct network *network = subject->network;
	bool marked = false;

	for (size_t i = 0; i < network->interface_count; i++) {
		const struct interface *interface = &network->interfaces[i];
		bool is_port = is_switch(interface) &&
			       space_of_entry(network, interface) == subject->space;

		if ((interface->lower && is_stacked_above(subject, interface->lower)) ||
		    (is_port && *switched))
			marked |= mark(subject, interface);
		if (!subject->above[i])
			continue;
		*switched |= is_port;
		if (interface->master)
			marked |= mark(subject, interface->master);
	}
	for (size_t i = 0; i < network->stack_count; i++)
		if (is_stacked_above(subject, network->stacks[i].lower))
			marked |= mark(subject, network->stacks[i].upper);
	return marked;
}

static void mark_above(const struct subject *subject)
{
	enum { STORIES_MAX = 64 };
	bool switched = false;

	memset(subject->above, 0, subject->network->interface_count * sizeof(*subject->above));
	mark(subject, subject->interface);
	for (int story = 0; story < STORIES_MAX; story++)
		if (!mark_story(subject, &switched))
			return;
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

static bool is_upper(const struct subject *subject, const struct interface *interface)
{
	const struct network *network = subject->network;

	for (size_t i = 0; i < network->stack_count; i++)
		if (network->stacks[i].lower == subject->interface &&
		    network->stacks[i].upper == interface)
			return true;
	return interface == subject->interface->master || interface->lower == subject->interface;
}

static void add_masters(const struct subject *subject)
{
	const struct network *network = subject->network;

	for (size_t i = 0; i < network->interface_count; i++)
		if (is_upper(subject, &network->interfaces[i]))
			add_network_use(subject, USE_MASTER,
					name_interface(subject, &network->interfaces[i]));
}

/* Add the uses of the interface, and of interfaces stacked on it. */
static void add_entry_uses(const struct subject *subject, const struct net_entries *entries,
			   enum use_kind kind)
{
	struct arena *arena = build_arena(subject->build);

	for (size_t i = 0; i < entries->count; i++) {
		const struct net_entry *entry = &entries->items[i];
		bool direct = entry->interface == subject->interface;

		if (!is_stacked_above(subject, entry->interface))
			continue;
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
	const struct net_entries *ways = &subject->network->ways;

	for (size_t i = 0; i < ways->count; i++) {
		const struct net_entry *way = &ways->items[i];

		if (way->interface == subject->interface && way->text &&
		    !text_starts(way->text, "default") && !text_starts(way->text, "::/0"))
			add_network_use(subject, USE_ROUTE,
					arena_strdup(build_arena(subject->build), way->text));
	}
}

static void add_addresses(const struct subject *subject)
{
	const struct net_entries *addresses = &subject->network->addresses;
	size_t count = 0;

	for (size_t i = 0; i < addresses->count; i++) {
		const struct net_entry *entry = &addresses->items[i];

		if (entry->interface != subject->interface || !entry->text ||
		    network_is_link_local(entry->text))
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
	const struct net_entries *routes = &subject->network->routes;

	for (size_t i = 0; i < routes->count; i++) {
		const struct net_entry *route = &routes->items[i];
		bool direct = route->interface == subject->interface;

		if (!is_stacked_above(subject, route->interface) ||
		    space_of_entry(subject->network, route->interface) != subject->space)
			continue;
		add_network_use(subject, USE_DEFAULT_ROUTE,
				arena_printf(build_arena(subject->build), "default%s%s%s%s",
					     route->text ? " via " : "",
					     route->text ? route->text : "", direct ? "" : " on ",
					     direct ? "" : route->interface->name));
	}
}

/* True where the session's address is on the interface, or on an interface stacked on it. */
static bool carries(const struct subject *subject, const char *address)
{
	const struct net_entries *addresses = &subject->network->addresses;
	size_t length = strlen(address);

	for (size_t i = 0; i < addresses->count; i++) {
		const struct net_entry *entry = &addresses->items[i];

		if (entry->text && strncmp(entry->text, address, length) == 0 &&
		    strchr("/ ", entry->text[length]) &&
		    is_stacked_above(subject, entry->interface))
			return true;
	}
	return false;
}

static void add_sessions(const struct subject *subject)
{
	const struct network *network = subject->network;
	struct arena *arena = build_arena(subject->build);

	for (size_t i = 0; i < network->session_count; i++) {
		const struct net_session *session = &network->sessions[i];

		if (!carries(subject, session->address))
			continue;
		build_use(subject->build, subject->device,
			  (struct use){
				  .kind = USE_SESSION,
				  .node = arena_strdup(arena, subject->interface->name),
				  .user = arena_strdup(arena, session->text),
				  .evidence = arena_strdup(arena, session->evidence),
			  });
	}
}

/*
 * True where the interface or one stacked on it has an address, so that an unknown session may use
 * it.
 */
static bool may_carry_session(const struct subject *subject)
{
	const struct net_entries *addresses = &subject->network->addresses;

	for (size_t i = 0; i < addresses->count; i++)
		if (is_stacked_above(subject, addresses->items[i].interface))
			return true;
	return false;
}

static void add_uses(const struct subject *subject)
{
	const struct network *network = subject->network;

	if (subject->space->own) {
		if (subject->interface->up) {
			add_addresses(subject);
			network_settings(network, subject->build, subject->device,
					 subject->interface);
		}
		add_routes(subject);
		add_masters(subject);
		add_entry_uses(subject, &network->uses, USE_PROTOCOL);
		add_entry_uses(subject, &network->listeners, USE_LISTENER);
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
	if (network->unseen_session && may_carry_session(subject))
		build_blindness(subject->build, subject->device, USE_SESSION, "%s",
				network->unseen_session);
}

static bool hangs_off(const struct interface *interface, const struct device *device)
{
	return interface->device && text_is_within(interface->device, device->path);
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

void network_uses(const struct network *network, struct build *build, struct device *device,
		  bool has_folder, bool expected)
{
	_autofree_ bool *above = calloc(network->interface_count + 1, sizeof(*above));
	size_t count = 0;

	if (!above)
		memory_exhausted();
	for (size_t i = 0; i < network->interface_count; i++) {
		const struct interface *interface = &network->interfaces[i];
		struct subject subject = {
			network, build, device, interface, space_of_entry(network, interface),
			above};

		if (!hangs_off(interface, device))
			continue;
		mark_above(&subject);
		add_uses(&subject);
		count++;
	}
	if (network->unseen_own && (count || has_folder || expected))
		admit_own(network, build, device);
	if (!count && (has_folder || expected))
		admit_missing(network, build, device, has_folder);
}
