/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner_rule - the rule of udev that gives the VFIO nodes of a device to a user
 *
 * The nodes are /dev/vfio/GROUP and /dev/vfio/devices/vfioN. A rule of /run lasts as long as this
 * boot, and holds also where udev handles a node again, or the node is made again. It names the
 * device by its name and its IDs: another card at its place stays with root.
 */
#pragma once

#include "base/arena.h"
#include "base/root.h"
#include "model/owner.h"

#include <stdint.h>

/** owner_rule_file - the file of the rule for a device; in @arena */
const char *owner_rule_file(struct arena *arena, const char *bus, const char *name);

/**
 * owner_rule_text - the rule
 * @vendor_id, @device_id: of a PCI device, or -1     Returns: in @arena.
 */
const char *owner_rule_text(struct arena *arena, const struct owner *owner, const char *bus,
			    const char *name, int32_t vendor_id, int32_t device_id);

/**
 * owner_rule_words - "1000:36": the user and group of a rule, for messages; "root" for none
 */
void owner_rule_words(const char *rule, char *out, size_t size);

/**
 * owner_rule_store - write the rule, or remove it with an empty @text, and let udev give the nodes
 * that exist to that owner, or back to root
 * @file: of owner_rule_file     Called in a child process: it runs udevadm until its end.
 * Returns: 0; a negative errno.
 */
_must_check_ int owner_rule_store(const char *file, const char *text);

/**
 * owner_rule_holds - whether the rule is there, and all nodes of the device have that owner
 * @text: "": no rule is there; then nothing is asked about nodes     @device: below /sys/devices
 * Returns: 1; 0; a negative errno.
 */
_must_check_ int owner_rule_holds(const struct root *root, const char *device, const char *file,
				  const char *text);
