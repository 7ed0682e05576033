/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_kernel - what the kernel itself sends over interfaces: netconsole, AoE, FCoE, and
 * connections of NVMe and iSCSI
 */
#pragma once

#include "base/root.h"
#include "sources/network/network.h"

/**
 * network_kernel_uses - add to network->uses, of interfaces of this process's own namespace
 * Where netconsole runs on an interface that it does not say, network->unseen_protocol says so.
 * Sources: configfs of netconsole; sysfs of aoe, fc_host, nvme and iscsi_host.
 */
void network_kernel_uses(const struct root *root, struct arena *arena, struct network *network);
