/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * choose - from the words of somebody who wants to change the machine to the devices he means
 *
 * Stricter than reading commands are (model/select.h): a name or path means one device, group:N its
 * movable members, and what can match any number of devices needs --all-matching. A name that a
 * device had when iommuctl took it ("eth0") goes on selecting it until it is restored.
 */
#pragma once

#include "actions/memory.h"
#include "actions/transaction.h"
#include "model/select.h"

/** choose_facts - what must be read to understand the selectors of @request */
unsigned choose_facts(const struct request *request);

/**
 * choose_devices - the devices that @request names
 * @memory: what earlier transactions remember
 * @ret_named: a byte for each device of @system, by index; in @arena
 * Returns: 0; ERROR_NO_MATCH; ERROR_USAGE where a word means several devices and may not.
 */
int choose_devices(const struct request *request, const struct system *system,
		   const struct memory *memory, struct arena *arena, bool **ret_named,
		   struct error *e);

/** device_is_movable - a member of a group that can be handed over: bridges cannot */
bool device_is_movable(const struct device *device);
