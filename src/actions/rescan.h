/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rescan - from the chosen devices to the plan that removes them and finds them again
 *
 * Pure functions of a snapshot. Every PCI device at or below a chosen one is a target: it is
 * removed too, and has to come back. Only the bus that a device is on is searched, never all buses.
 */
#pragma once

#include "actions/memory.h"
#include "actions/transaction.h"

/** The switch of the driver core: with 0, devices that a bus gets are bound to no driver. */
#define PCI_AUTOPROBE "/sys/bus/pci/drivers_autoprobe"
/** The file that binds the PCI device of that name to a driver that matches it. */
#define PCI_PROBE "/sys/bus/pci/drivers_probe"

/**
 * rescan_moves - a move for each chosen device and each PCI device below one; they lose their
 * drivers for a moment
 * @named: a flag for each device, by index     Returns: in the order of the devices, in @arena.
 */
struct handover rescan_moves(const struct request *request, const struct system *system,
			     const struct memory *memory, const bool *named, struct arena *arena);

/**
 * rescan_plan - the steps, in @arena with its own texts
 * new_driver and new_override of each target are those that it has now.
 */
struct plan rescan_plan(const struct handover *handover, struct arena *arena);
