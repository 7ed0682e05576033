/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network_settings.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct settings {
	const struct network_index *index;
	struct build *build;
	struct device *device;
	struct net_numbers addresses, ways;
	const char *quoted;
};

bool network_is_link_local(const char *address)
{
	return strncasecmp(address, "fe", 2) == 0 && address[2] && strchr("89abAB", address[2]);
}

/* The name of the interface as one word of a shell. */
static const char *quoted_name(struct arena *arena, const char *name)
{
	_autofree_ char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		memory_exhausted();
	text_put_quoted(out, name);
	if (fclose(out) != 0)
		memory_exhausted();
	return arena_text(arena, text, length);
}

/* The address to set again of that entry; NULL where it has none, or returns by itself. */
static const char *kept_address(const struct settings *settings, size_t number)
{
	const struct net_entry *entry = network_index_entry(settings->index, NET_ADDRESSES, number);

	return entry->text && !network_is_link_local(entry->text) ? entry->text : NULL;
}

static void add_address_settings(const struct settings *settings)
{
	for (size_t i = 0; i < settings->addresses.count; i++) {
		const char *address = kept_address(settings, settings->addresses.items[i]);

		if (address)
			build_setting(settings->build, settings->device,
				      arena_printf(build_arena(settings->build),
						   "ip address add %s dev %s", address,
						   settings->quoted));
	}
}

/*
 * Add the commands for routes. A gateway is reached over a route without a gateway, which has to be
 * set first.
 */
static void add_way_settings(const struct settings *settings, bool through_gateway)
{
	for (size_t i = 0; i < settings->ways.count; i++) {
		const struct net_entry *way =
			network_index_entry(settings->index, NET_WAYS, settings->ways.items[i]);

		if (!way->text || (strstr(way->text, " via ") != NULL) != through_gateway)
			continue;
		build_setting(settings->build, settings->device,
			      arena_printf(build_arena(settings->build), "ip route add %s dev %s",
					   way->text, settings->quoted));
	}
}

/*
 * The command that makes the interface a port of @master again. The bonding driver accepts an
 * interface only while it is down, as it is when its driver has just been bound.
 */
static void add_master_setting(const struct settings *settings, const struct interface *master)
{
	static const char *const kinds[] = {"bridge", "bond", "team", "vrf"};
	struct arena *arena = build_arena(settings->build);

	for (size_t i = 0; master->kind && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(master->kind, kinds[i]) == 0)
			build_setting(settings->build, settings->device,
				      arena_printf(arena, "ip link set %s master %s",
						   settings->quoted,
						   quoted_name(arena, master->name)));
}

/* The kernel deletes interfaces that are stacked on one that goes; how to make them is not kept. */
static void add_stack_setting(const struct settings *settings, const struct interface *upper)
{
	build_setting(
		settings->build, settings->device,
		arena_printf(build_arena(settings->build),
			     "# %s (%s) was stacked on %s and was deleted with it: make it again",
			     upper->name, upper->kind ? upper->kind : "of an unknown kind",
			     settings->quoted));
}

/* Before the interface is up: its place in the stacks that the kernel has taken down. */
static void add_stack_settings(const struct settings *settings, const struct network *network,
			       const struct interface *interface)
{
	const struct net_numbers uppers =
		network_index_uppers(settings->index, (size_t)(interface - network->interfaces));

	for (size_t i = 0; i < uppers.count; i++) {
		const struct interface *upper = &network->interfaces[uppers.items[i]];

		if (upper == interface->master)
			add_master_setting(settings, upper);
		else if (upper->lower == interface)
			add_stack_setting(settings, upper);
	}
}

static bool has_any(const struct settings *settings)
{
	for (size_t i = 0; i < settings->addresses.count; i++)
		if (kept_address(settings, settings->addresses.items[i]))
			return true;
	return settings->ways.count;
}

void network_settings(const struct network *network, const struct network_index *index,
		      struct build *build, struct device *device, const struct interface *interface)
{
	struct arena *arena = build_arena(build);
	size_t number = (size_t)(interface - network->interfaces);
	const struct settings settings = {
		.index = index,
		.build = build,
		.device = device,
		.addresses = network_index_entries(index, NET_ADDRESSES, number),
		.ways = network_index_entries(index, NET_WAYS, number),
		.quoted = quoted_name(arena, interface->name),
	};

	add_stack_settings(&settings, network, interface);
	if (!has_any(&settings) && !interface->master)
		return;
	build_setting(build, device, arena_printf(arena, "ip link set %s up", settings.quoted));
	add_address_settings(&settings);
	add_way_settings(&settings, false);
	add_way_settings(&settings, true);
	if (network->unseen_way)
		build_setting(
			build, device,
			arena_printf(arena, "# %s: the others were not kept", network->unseen_way));
}
