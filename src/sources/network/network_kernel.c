/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network_kernel.h"

#include "base/text.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#define NETCONSOLE "/sys/kernel/config/netconsole"
/*
 * Controllers over fabrics alone (drivers/nvme/host/fabrics.c: nvmf_init). /sys/class/nvme has
 * those of PCI too, of which a server may have hundreds.
 */
#define FABRICS "/sys/devices/virtual/nvme-fabrics/ctl"

struct search {
	const struct root *root;
	struct arena *arena;
	struct network *network;
	size_t room, netconsoles;
};

static void add_kernel_use(struct search *search, const struct interface *interface,
			   const char *file, const char *text)
{
	struct net_entries *uses = &search->network->uses;

	if (search->room < uses->count)
		search->room = uses->count;
	uses->items = arena_grow(search->arena, uses->items, uses->count, &search->room,
				 sizeof(*uses->items));
	uses->items[uses->count++] = (struct net_entry){.space = interface->space,
							.index = interface->index,
							.interface = interface,
							.file = file,
							.text = text};
}

static bool is_own(const struct network *network, const struct interface *interface)
{
	return network->spaces[interface->space].own;
}

static void add_by_name(struct search *search, const char *name, const char *file, const char *text)
{
	const struct interface *interface = network_own_interface(search->network, name);

	if (interface)
		add_kernel_use(search, interface, file, text);
}

/*
 * Add a use to the interface of the own namespace with that address. @address: without the prefix
 * length that entries have
 */
static void add_by_address(struct search *search, struct span address, const char *file,
			   const char *text)
{
	const struct net_entries *addresses = &search->network->addresses;

	for (size_t i = 0; address.length && i < addresses->count; i++) {
		const struct net_entry *entry = &addresses->items[i];

		if (is_own(search->network, entry->interface) && entry->text &&
		    strncmp(entry->text, address.start, address.length) == 0 &&
		    strchr("/ ", entry->text[address.length]))
			add_kernel_use(search, entry->interface, file, text);
	}
}

/* A target of netconsole in configfs: drivers/net/netconsole.c */
static int look_at_netconsole(void *context, const char *name)
{
	struct search *search = context;
	char text[ATTRIBUTE_MAX];

	if (root_readf_text(search->root, text, sizeof(text), NETCONSOLE "/%s/enabled", name) <=
		    0 ||
	    strcmp(text, "1") != 0 ||
	    root_readf_text(search->root, text, sizeof(text), NETCONSOLE "/%s/dev_name", name) <= 0)
		return 0;
	search->netconsoles++;
	add_by_name(search, text, arena_printf(search->arena, NETCONSOLE "/%s/dev_name", name),
		    arena_printf(search->arena, "netconsole (%s)", name));
	return 0;
}

/*
 * "netconsole=6665@10.0.0.2/eth0,6666@10.0.0.1/…" on the command line: eth0 if it names no
 * interface
 */
static void read_netconsole_option(struct search *search)
{
	char line[ATTRIBUTE_MAX], name[IF_NAMESIZE];
	const char *at, *slash, *end;

	if (root_read_text(search->root, "/proc/cmdline", line, sizeof(line)) <= 0)
		return;
	for (at = strstr(line, "netconsole="); at; at = strstr(at + 1, "netconsole=")) {
		end = at + strcspn(at, " ");
		slash = memchr(at, '/', (size_t)(end - at));
		if (slash && slash[1] != ',')
			snprintf(name, sizeof(name), "%.*s", (int)strcspn(slash + 1, ", "),
				 slash + 1);
		else
			snprintf(name, sizeof(name), "eth0");
		search->netconsoles++;
		add_by_name(search, name, "/proc/cmdline", "netconsole");
	}
}

/* Targets of netconsole. Before Linux 6.6 no file shows a target that was given to modprobe. */
static void read_netconsoles(struct search *search)
{
	char text[ATTRIBUTE_MAX];

	root_list(search->root, NETCONSOLE, look_at_netconsole, search);
	read_netconsole_option(search);
	if (!search->netconsoles && !search->network->unseen_protocol &&
	    root_read_text(search->root, "/proc/consoles", text, sizeof(text)) > 0 &&
	    (text_starts(text, "netcon") || strstr(text, "\nnetcon")))
		search->network->unseen_protocol =
			"netconsole is active (/proc/consoles), and its interface is unknown";
}

/* An AoE disk, its interfaces as "eth1,eth2" (drivers/block/aoe/aoeblk.c: aoedisk_show_netif) */
static int read_block_target(void *context, const char *name)
{
	struct search *search = context;
	char text[ATTRIBUTE_MAX], *rest = text, *word;

	if (!text_starts(name, "etherd!") ||
	    root_readf_text(search->root, text, sizeof(text), "/sys/block/%s/netif", name) <= 0)
		return 0;
	while ((word = strsep(&rest, ", ")))
		add_by_name(search, word, arena_printf(search->arena, "/sys/block/%s/netif", name),
			    arena_printf(search->arena, "the disk %s (AoE)", name));
	return 0;
}

/* An FCoE host: "fcoe v0.1 over eth1" (drivers/scsi/fcoe/fcoe.c) */
static int look_at_fibre_channel(void *context, const char *name)
{
	struct search *search = context;
	char text[ATTRIBUTE_MAX];
	const char *over;

	if (root_readf_text(search->root, text, sizeof(text), "/sys/class/fc_host/%s/symbolic_name",
			    name) <= 0)
		return 0;
	over = strstr(text, " over ");
	if (over)
		add_by_name(
			search, over + strlen(" over "),
			arena_printf(search->arena, "/sys/class/fc_host/%s/symbolic_name", name),
			arena_printf(search->arena, "%s (FCoE)", name));
	return 0;
}

/* The value of "KEY=value" in a list separated by commas. */
static struct span value_of(const char *list, const char *key)
{
	const char *at = strstr(list, key);

	while (at && at != list && at[-1] != ',')
		at = strstr(at + 1, key);
	return at ? (struct span){at + strlen(key), strcspn(at + strlen(key), ",")}
		  : (struct span){0};
}

/*
 * A controller of NVMe over TCP: "traddr=10.0.0.1,trsvcid=4420,host_iface=eth1,src_addr=10.0.0.2"
 * (nvme_tcp_get_address)
 */
static int read_nvme_controller(void *context, const char *name)
{
	struct search *search = context;
	char transport[32], text[ATTRIBUTE_MAX];
	const char *file, *what;
	struct span interface;

	if (!text_starts(name, "nvme") ||
	    root_readf_text(search->root, transport, sizeof(transport), FABRICS "/%s/transport",
			    name) <= 0 ||
	    (strcmp(transport, "tcp") != 0 && strcmp(transport, "rdma") != 0) ||
	    root_readf_text(search->root, text, sizeof(text), FABRICS "/%s/address", name) <= 0)
		return 0;
	file = arena_printf(search->arena, FABRICS "/%s/address", name);
	what = arena_printf(search->arena, "the connection of %s (NVMe over %s)", name, transport);
	interface = value_of(text, "host_iface=");
	if (interface.length)
		add_by_name(search, arena_text(search->arena, interface.start, interface.length),
			    file, what);
	else
		add_by_address(search, value_of(text, "src_addr="), file, what);
	return 0;
}

/* An iSCSI host: its attributes are in drivers/scsi/scsi_transport_iscsi.c */
static int look_at_iscsi(void *context, const char *name)
{
	struct search *search = context;
	const char *what = arena_printf(search->arena, "the connection of %s (iSCSI)", name);
	const char *file = arena_printf(search->arena, "/sys/class/iscsi_host/%s/netdev", name);
	char text[ATTRIBUTE_MAX];

	if (root_read_text(search->root, file, text, sizeof(text)) > 0 &&
	    strcmp(text, "default") != 0 && strcmp(text, "<NULL>") != 0) {
		add_by_name(search, text, file, what);
		return 0;
	}
	file = arena_printf(search->arena, "/sys/class/iscsi_host/%s/ipaddress", name);
	if (root_read_text(search->root, file, text, sizeof(text)) > 0)
		add_by_address(search, (struct span){text, strlen(text)}, file, what);
	return 0;
}

void network_kernel_uses(const struct root *root, struct arena *arena, struct network *network)
{
	struct search search = {.root = root, .arena = arena, .network = network};

	read_netconsoles(&search);
	root_list(root, "/sys/block", read_block_target, &search);
	root_list(root, "/sys/class/fc_host", look_at_fibre_channel, &search);
	root_list(root, FABRICS, read_nvme_controller, &search);
	root_list(root, "/sys/class/iscsi_host", look_at_iscsi, &search);
}
