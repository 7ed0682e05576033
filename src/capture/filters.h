/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filters - the part of a file's text that the sources judge by, without what is private in it
 *
 * Each takes the text of a file and returns what a capture keeps of it, in the arena of @disguise.
 */
#pragma once

#include "capture/disguise.h"

#include <stdbool.h>

/** filter_memory_map - /proc/iomem: which region lies in which, with zeros for all addresses */
struct span filter_memory_map(struct span text, struct disguise *disguise);

/** filter_interrupts - /proc/interrupts: of each interrupt its number and its chip */
struct span filter_interrupts(struct span text, struct disguise *disguise);

/** filter_inputs - /proc/bus/input/devices: of each device its place, handlers and keys */
struct span filter_inputs(struct span text, struct disguise *disguise);

/** filter_mappings - /proc/PID/maps: the mappings of device nodes */
struct span filter_mappings(struct span text, struct disguise *disguise);

/** filter_guest_name - /proc/PID/cmdline: the argument that names the guest of a virtual machine */
struct span filter_guest_name(struct span text, struct disguise *disguise);

/** filter_nvidia - /proc/driver/nvidia/gpus/ADDRESS/information: the number of the node */
struct span filter_nvidia(struct span text, struct disguise *disguise);

/** filter_nvme_address - the address of an NVMe controller on a network: the interface stays */
struct span filter_nvme_address(struct span text, struct disguise *disguise);

/** filter_symbolic_name - of a Fibre Channel host: the interface that FCoE goes over */
struct span filter_symbolic_name(struct span text, struct disguise *disguise);

/** filter_address - a text that is a network address and nothing else */
struct span filter_address(struct span text, struct disguise *disguise);

/**
 * is_device_node - whether the link of an open file leads to a device node or to what VFIO hands
 * out; false for nodes that most programs have open
 */
bool is_device_node(const char *link);
