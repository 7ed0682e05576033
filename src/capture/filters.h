/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filters - functions that keep the part of a file's text that the sources use, and drop private
 * data
 *
 * Each gets the text of a file and returns the text for the capture, in the arena of @disguise.
 */
#pragma once

#include "capture/disguise.h"

#include <stdbool.h>

/** filter_memory_map - /proc/iomem: the nesting of regions, with zeros for all addresses */
struct span filter_memory_map(struct span text, struct disguise *disguise);

/** filter_interrupts - /proc/interrupts: the number and the chip of each interrupt */
struct span filter_interrupts(struct span text, struct disguise *disguise);

/** filter_inputs - /proc/bus/input/devices: place, handlers and keys of each device */
struct span filter_inputs(struct span text, struct disguise *disguise);

/** filter_mappings - /proc/PID/maps: keeps the mappings of device nodes */
struct span filter_mappings(struct span text, struct disguise *disguise);

/** filter_ring - /proc/PID/fdinfo/N of an io_uring: the device nodes that it keeps open */
struct span filter_ring(struct span text, struct disguise *disguise);

/** filter_guest_name - /proc/PID/cmdline: the argument that names the guest of a virtual machine */
struct span filter_guest_name(struct span text, struct disguise *disguise);

/** filter_guest_file - the file of a guest of libvirt: the PCI devices that libvirt manages for it
 */
struct span filter_guest_file(struct span text, struct disguise *disguise);

/** filter_nvidia - /proc/driver/nvidia/gpus/ADDRESS/information: the number of the node */
struct span filter_nvidia(struct span text, struct disguise *disguise);

/** filter_nvme_address - the address of an NVMe controller on a network: keeps the interface */
struct span filter_nvme_address(struct span text, struct disguise *disguise);

/** filter_symbolic_name - the symbolic name of a Fibre Channel host: keeps the interface of FCoE */
struct span filter_symbolic_name(struct span text, struct disguise *disguise);

/**
 * filter_addresses - replaces the network addresses among the words of a text, such as
 * "netconsole=6665@10.0.0.1/eth0,6666@10.0.0.2/00:11:22:33:44:55"
 * A hardware address becomes one of IPv6.
 */
struct span filter_addresses(struct span text, struct disguise *disguise);

/** filter_address - replaces a text that is only a network address */
struct span filter_address(struct span text, struct disguise *disguise);

/**
 * filter_pin - a pin (iommuctl-pins(5)): no comments, and digests in place of serials; of a file
 * that is no pin lines without serials
 */
struct span filter_pin(struct span text, struct disguise *disguise);

/**
 * is_device_node - true where the link of an open file leads to a device node or to a VFIO
 * descriptor; false for nodes that most programs have open
 */
bool is_device_node(const char *link);
