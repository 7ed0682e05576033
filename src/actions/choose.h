/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * choose - the devices that the selectors of a command that writes mean
 *
 * Stricter than for commands that read (model/select.h): a name or path means one device, group:N
 * its movable members, and selectors that can match any number of devices need --all-matching. The
 * name of an interface ("eth0") that a device had before it was moved selects that device until it
 * is restored.
 */
#pragma once

#include "actions/memory.h"
#include "actions/transaction.h"
#include "model/select.h"

/** choose_facts - the facts that the selectors of @request need */
unsigned choose_facts(const struct request *request);

/**
 * choose_devices - the devices that @request names
 * @memory: devices of earlier transactions
 * @ret_named: a flag for each device of @system, by index; in @arena
 * Returns: 0; ERROR_NO_MATCH; ERROR_USAGE where a selector matches several devices and must not.
 */
_must_check_ int choose_devices(const struct request *request, const struct system *system,
				const struct memory *memory, struct arena *arena, bool **ret_named,
				struct error *e);

/** device_is_movable - true for a group member that can be handed over: any but a bridge */
bool device_is_movable(const struct device *device);
