/* SPDX-License-Identifier: GPL-2.0-or-later */
/* select_ghost - a PCI function that does not exist, and the devices that send as it */
#pragma once

#include "model/select.h"

/**
 * select_ghost - choose the devices that a function stands for that is no device
 * They are those that a quirk lets send under its ID (model/pci_alias.h), else the functions of its
 * slot; sets selection->ghost_of or in_slot.
 * Returns: false where there are none, or @selection follows no ghosts.
 */
bool select_ghost(struct selection *selection, const char *name) _nonnull_();
