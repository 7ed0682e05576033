/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_kernel - uses of interfaces by the kernel itself: netconsole, AoE, FCoE, and connections
 * of NVMe and iSCSI
 */
#pragma once

#include "base/root.h"
#include "sources/network/network.h"

/**
 * network_kernel_uses - add them to network->uses, for interfaces of this process's own namespace
 * Where netconsole runs on an unknown interface, network->unseen_protocol tells so. Sources:
 * configfs of netconsole; sysfs of aoe, fc_host, nvme and iscsi_host.
 */
void network_kernel_uses(const struct root *root, struct arena *arena, struct network *network);
