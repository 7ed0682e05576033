/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_sockets - sockets that use an interface without any address of it: PPPoE, AF_XDP, CAN,
 * AF_PACKET
 */
#pragma once

#include "base/root.h"

#include <stdio.h>

/**
 * network_sockets - write a line (network.h: "use", "listener") for each interface with such
 * sockets, of the network namespace of the calling thread
 * Sources: /proc/self/net/packet (net/packet/af_packet.c), pppoe (drivers/net/ppp/pppoe.c),
 * can/rcvlist_* (net/can/proc.c); sock_diag(7) for AF_XDP (net/xdp/xsk_diag.c)
 */
void network_sockets(const struct root *root, FILE *out);
