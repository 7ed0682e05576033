/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network - the interfaces of every network namespace that can be read, the interfaces stacked on
 * them, their addresses and default routes
 *
 * A child process (network_live.c) enters each namespace and prints lines; a captured tree has the
 * same lines in a file. Numbers are decimal, "-" means none; in text that is not trusted '?'
 * replaces blanks and control characters.
 *
 *     namespace own|other FILE NAME
 *         begins a namespace: the next lines are about it
 *     interface INDEX NAME FLAGS MASTER LOWER NSID KIND BUS PARENT
 *         FLAGS: IFF_*. MASTER, LOWER: indices, 0 none. NSID: the number that this namespace has
 *         for the namespace of LOWER, -1 none. KIND: as "ip link add type" has it. BUS, PARENT:
 *         the device
 *     address INDEX ADDRESS/LENGTH
 *         or "ADDRESS peer ADDRESS/LENGTH"
 *     route INDEX GATEWAY
 *         a default route of any table
 *     way INDEX ARGUMENTS
 *         a route that the administrator or a DHCP client set, in the words of "ip route add"
 *         without "dev": "10.1.0.0/16 via 10.0.0.1 table 100"
 *     use INDEX FILE TEXT
 *         the interface is used without an address of its own; FILE shows it
 *     listener INDEX FILE TEXT
 *         packets of the interface are read, or may be sent past its addresses
 *     ours NSID
 *         the number that this namespace has for the namespace of this program
 *     session ADDRESS EVIDENCE TEXT
 *         this machine's end of the connection through which this program runs (SSH)
 *     unseen own|other|session|protocol|way WHY
 *         something of that kind could not be read
 *     end
 *         the last line; if it is missing, lines were lost
 */
#pragma once

#include "base/text_map.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** The file of a captured tree with the lines of the network. */
#define CAPTURED_NETWORK "/iommuctl/network"

enum {
	/** largest size of the network's lines, in bytes: about 100,000 interfaces */
	NETWORK_MAX = 8 * 1024 * 1024,
};

/**
 * struct netns - a network namespace
 * @own: the namespace of this process     @file: the file through which it was entered
 * @name: for messages     @our_number: its number for the namespace of this process, -1 none
 */
struct netns {
	bool own;
	const char *file, *name;
	int32_t our_number;
};

/**
 * struct interface - one network interface
 * @space: index of its namespace     @index, @lower_number: see INDEX and NSID above
 * @kind, @bus, @parent: or NULL     @master: the interface that it is a port of, or NULL
 * @lower: the interface that it is stacked on, or NULL
 * @device: path of its device, or NULL; set by rtnetlink.c
 */
struct interface {
	size_t space;
	uint32_t index, master_index, lower_index;
	int32_t lower_number;
	bool up, loopback;
	const char *name, *kind, *bus, *parent;
	const struct interface *master, *lower;
	const char *device;
};

/**
 * struct net_entry - an address of an interface, a default route through it, or a use of it
 * @text: "10.0.0.5/24"; the gateway, or NULL; "2 PPPoE sessions"     @file: of a use: the file that
 * shows it
 */
struct net_entry {
	size_t space;
	uint32_t index;
	const struct interface *interface;
	const char *text, *file;
};

/** struct net_entries - a list of entries; entries of unknown interfaces are left out */
struct net_entries {
	struct net_entry *items;
	size_t count;
};

/**
 * struct net_session - a connection through which this program runs
 * @address: without prefix length     @text: its two ends, for messages
 */
struct net_session {
	const char *address, *evidence, *text;
};

/** struct net_stack - @upper is stacked on @lower by sysfs ("upper_NAME"): HSR, team, macsec */
struct net_stack {
	const struct interface *lower, *upper;
};

/**
 * struct network - everything that the lines contain
 * @interfaces: by namespace and index; addresses and routes point to these
 * @own_names: of the interfaces of this process's own namespace, each name with its number plus 1
 * @stacks: stacks that rtnetlink does not report; set by rtnetlink.c
 * @ways: routes as arguments of "ip route add"
 * @unseen_own, @unseen_other, @unseen_session, @unseen_protocol, @unseen_way: why some of them
 * could not be read, or NULL
 */
struct network {
	struct netns *spaces;
	size_t space_count;
	struct interface *interfaces;
	size_t interface_count;
	struct text_map *own_names;
	struct net_entries addresses, routes, ways, uses, listeners;
	struct net_stack *stacks;
	size_t stack_count, stack_room;
	struct net_session *sessions;
	size_t session_count;
	const char *unseen_own, *unseen_other, *unseen_session, *unseen_protocol, *unseen_way;
};

/**
 * network_cut_off - the lines of a child that stopped responding, with "unseen" lines at the end
 * that name the last namespace and the child
 * @text: the lines so far; changed
 * Returns: all lines, in @arena.
 */
char *network_cut_off(struct arena *arena, char *text, pid_t pid);

/**
 * network_parse - parse lines
 * @text: any bytes; changed, and the result points into it
 * Lines that cannot be parsed are left out and set the "unseen" members.
 */
void network_parse(char *text, struct arena *arena, struct network *ret_network);

/**
 * network_own_interface - the interface of that name in this process's own namespace, or NULL
 * @network: made by network_parse
 */
const struct interface *network_own_interface(const struct network *network, const char *name)
	_nonnull_();
