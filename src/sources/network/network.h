/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network - the interfaces of every network namespace that can be seen, what is above them, their
 * addresses and default routes
 *
 * A child process looks (network_live.c), as it has to enter the other namespaces, and says what it
 * found in lines; a captured tree has the same lines in a file. Numbers are decimal, "-" is none;
 * in foreign words '?' stands for blanks and control characters.
 *
 *     namespace own|other FILE NAME
 *         begins one. What follows is in it, up to the next one.
 *     interface INDEX NAME FLAGS MASTER LOWER NSID KIND BUS PARENT
 *         FLAGS: IFF_*. MASTER, LOWER: indices, 0 none. NSID: -1, or the number that this namespace
 *         has for the one that LOWER is in. KIND: as "ip link add type" has it. BUS, PARENT: device
 *     address INDEX ADDRESS/LENGTH
 *     route INDEX GATEWAY
 *         a default route of any table
 *     use INDEX FILE TEXT
 *         the interface is used without an address of its own; FILE says so
 *     listener INDEX FILE TEXT
 *         packets of the interface are read, or may be sent past its addresses
 *     ours NSID
 *         the number that this namespace has for our own
 *     session ADDRESS EVIDENCE TEXT
 *         our end of the connection that we run in
 *     unseen own|other|session|protocol WHY
 *     end
 *         without it lines were lost
 */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** Where a captured tree keeps the lines. */
#define CAPTURED_NETWORK "/iommuctl/network"

enum {
	/** the most that is taken in: about 100,000 interfaces */
	NETWORK_MAX = 8 * 1024 * 1024,
};

/**
 * struct netns - a network namespace
 * @own: the one that we run in     @file: that it was entered through     @name: for people
 * @our_number: its number for our own, -1 none
 */
struct netns {
	bool own;
	const char *file, *name;
	int32_t our_number;
};

/**
 * struct interface - @space: index of its namespace     @index, @lower_number: see NSID above
 * @kind, @bus, @parent: or NULL     @master, @lower: what it is a port of, what it sits on; or NULL
 * @device: path of the device that it hangs off, or NULL; filled in by who looks (rtnetlink.c)
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
 * @text: "10.0.0.5/24"; the gateway, or NULL; "2 PPPoE sessions"     @file: of uses, what says so
 */
struct net_entry {
	size_t space;
	uint32_t index;
	const struct interface *interface;
	const char *text, *file;
};

/** struct net_entries - those of unknown interfaces are left out */
struct net_entries {
	struct net_entry *items;
	size_t count;
};

/** struct net_session - @address: without length     @text: who to whom */
struct net_session {
	const char *address, *evidence, *text;
};

/** struct net_stack - @upper sits on @lower, as sysfs has it ("upper_NAME"): HSR, team, macsec */
struct net_stack {
	const struct interface *lower, *upper;
};

/**
 * struct network - @interfaces: by namespace and index; addresses and routes are of these
 * @stacks: those that rtnetlink does not name; filled in by the caller (rtnetlink.c)
 * @unseen_own, @unseen_other, @unseen_session, @unseen_protocol: what could not be looked at and
 * why, or NULL
 */
struct network {
	struct netns *spaces;
	size_t space_count;
	struct interface *interfaces;
	size_t interface_count;
	struct net_entries addresses, routes, uses, listeners;
	struct net_stack *stacks;
	size_t stack_count, stack_room;
	struct net_session *sessions;
	size_t session_count;
	const char *unseen_own, *unseen_other, *unseen_session, *unseen_protocol;
};

/**
 * network_cut_off - the lines of a child that fell silent, closed with "unseen" lines that name the
 * namespace where it hangs and its process
 * @text: what came until then; changed     Returns: all lines, in @arena.
 */
char *network_cut_off(struct arena *arena, char *text, pid_t pid);

/**
 * network_parse - take lines apart
 * @text: any bytes; changed, and pointed into by what is returned
 * What makes no sense is left out and counts as unseen.
 */
void network_parse(char *text, struct arena *arena, struct network *ret_network);
