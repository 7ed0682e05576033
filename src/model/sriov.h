/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sriov - the virtual functions of a physical function: how many it can have, and has */
#pragma once

#include "base/answer.h"

#include <stddef.h>
#include <stdint.h>

/**
 * struct virtual_function - one virtual function     @path: of its device
 * @mac: the address of its network interface, "52:54:00:12:34:56"; NULL: the host has no interface
 * of it, or the address is private in a capture
 */
struct virtual_function {
	const char *path;
	const char *mac;
};

/**
 * struct sriov - of a PCI device with an SR-IOV capability; read with FACT_SRIOV
 * @total: how many virtual functions it can have (sriov_totalvfs); -1 unknown
 * @count: how many it has (sriov_numvfs); -1 unknown
 * @autoprobe: the kernel binds drivers to its virtual functions by itself
 * (sriov_drivers_autoprobe)
 * @functions: those that exist, by number, @function_count of them
 */
struct sriov {
	int32_t total, count;
	enum answer autoprobe;
	const struct virtual_function *functions;
	size_t function_count;
};
