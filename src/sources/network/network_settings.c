/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network_settings.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct settings {
	const struct network *network;
	struct build *build;
	struct device *device;
	const struct interface *interface;
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

static bool is_kept(const struct settings *settings, const struct net_entry *entry)
{
	return entry->interface == settings->interface && entry->text &&
	       !network_is_link_local(entry->text);
}

static void add_address_settings(const struct settings *settings)
{
	const struct net_entries *addresses = &settings->network->addresses;

	for (size_t i = 0; i < addresses->count; i++)
		if (is_kept(settings, &addresses->items[i]))
			build_setting(settings->build, settings->device,
				      arena_printf(build_arena(settings->build),
						   "ip address add %s dev %s",
						   addresses->items[i].text, settings->quoted));
}

/*
 * Add the commands for routes. A gateway is reached over a route without a gateway, which has to be
 * set first.
 */
static void add_way_settings(const struct settings *settings, bool through_gateway)
{
	const struct net_entries *ways = &settings->network->ways;

	for (size_t i = 0; i < ways->count; i++) {
		const struct net_entry *way = &ways->items[i];

		if (way->interface != settings->interface || !way->text ||
		    (strstr(way->text, " via ") != NULL) != through_gateway)
			continue;
		build_setting(settings->build, settings->device,
			      arena_printf(build_arena(settings->build), "ip route add %s dev %s",
					   way->text, settings->quoted));
	}
}

static bool has_any(const struct settings *settings)
{
	const struct network *network = settings->network;

	for (size_t i = 0; i < network->addresses.count; i++)
		if (is_kept(settings, &network->addresses.items[i]))
			return true;
	for (size_t i = 0; i < network->ways.count; i++)
		if (network->ways.items[i].interface == settings->interface)
			return true;
	return false;
}

void network_settings(const struct network *network, struct build *build, struct device *device,
		      const struct interface *interface)
{
	struct arena *arena = build_arena(build);
	const struct settings settings = {network, build, device, interface,
					  quoted_name(arena, interface->name)};

	if (!has_any(&settings))
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
