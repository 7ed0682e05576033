/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept_name - names that devices had before iommuctl moved them: "eth0" goes on selecting its card
 */
#pragma once

#include "base/root.h"
#include "model/select.h"

/**
 * select_kept_name - choose the device that had the interface @selector when iommuctl moved it
 * For a selector that select_devices has not found: without this, "did you mean eth1?" would lead
 * to another card.
 * @e: of select_devices; cleared where a device is chosen; names the former device where that one
 * is gone, and else unchanged Returns: the device, or NULL.
 */
const struct device *select_kept_name(struct selection *selection, const struct root *root,
				      const char *selector, struct error *e);

/**
 * kept_devices - call @each for each device that iommuctl has moved in this boot and not restored
 * @interfaces: the names that it had, separated by commas, or NULL
 * None where nothing was moved, or where the memory cannot be read: it is root's.
 */
void kept_devices(const struct root *root,
		  void (*each)(void *context, const char *label, const char *interfaces),
		  void *context) _nonnull_(1, 2);
