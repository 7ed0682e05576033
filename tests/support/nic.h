/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nic - a machine with two network devices and a disk, and the uses that network lines give them
 *
 *     system = nic_read(NIC_MACHINE, OWN ETH0_UP "address 2 10.0.0.5/24\nend\n", NIC);
 *     nic_assert_use(nic_uses(system, NIC), USE_ADDRESS, "eth0", "10.0.0.5/24");
 *     system_free(system);
 *
 * The lines are those of sources/network/network.h.
 */
#pragma once

#include "model/system.h"

/** NIC - the device of eth0; OTHER_NIC has eth1, a virtio interface */
#define NIC "/sys/devices/pci0000:00/0000:00:03.0"
#define OTHER_NIC "/sys/devices/pci0000:00/0000:00:04.0"

/** OWN, BLUE - lines that begin the namespace of iommuctl, and another one */
#define OWN "namespace own /proc/self/ns/net this network namespace\n"
#define BLUE "namespace other /run/netns/blue blue\n"

/** ETH0_UP - the line of eth0 with IFF_UP (1); ETH0_DOWN: without */
#define ETH0_UP "interface 2 eth0 1 0 0 -1 - pci 0000:00:03.0\n"
#define ETH0_DOWN "interface 2 eth0 0 0 0 -1 - pci 0000:00:03.0\n"

/** NIC_MACHINE - the tree, as support/tree.h describes: NIC, OTHER_NIC, and the disk 0000:00:05.0
 */
extern const char NIC_MACHINE[];

/**
 * nic_read - the system with the uses of the device at @path
 * @machine: the tree
 * @lines: what rtnetlink said; NULL: it was not captured
 */
const struct system *nic_read(const char *machine, const char *lines, const char *path);

/** nic_uses - the uses of the device at @path; fails the test where no device is there */
const struct uses *nic_uses(const struct system *system, const char *path);

/** nic_assert_use - fails the test unless @uses has exactly this use */
void nic_assert_use(const struct uses *uses, enum use_kind kind, const char *node,
		    const char *user);

/**
 * nic_assert_counts - fails the test unless the kinds of use that the network source finds are
 * there @count times, and unknown @blind times
 */
void nic_assert_counts(const struct uses *uses, size_t count, size_t blind);

/** nic_assert_blind - fails the test unless that kind of use is unknown, for a reason with @words
 */
void nic_assert_blind(const struct uses *uses, enum use_kind kind, const char *words);

/**
 * nic_expect_use_of_eth0 - on NIC_MACHINE with more @files, and with @lines in the own namespace,
 * eth0 has that use; @user NULL: it has no use
 */
void nic_expect_use_of_eth0(const char *lines, const char *files, enum use_kind kind,
			    const char *user);
