/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest_file - the PCI devices that libvirt gives to a guest while it runs (managed='yes'), as the
 * file of the guest names them
 *
 * The file is XML (https://libvirt.org/formatdomain.html): elements <hostdev>, <interface> and
 * <disk>. A text that is no XML has no devices from there on: libvirt does not load it either.
 */
#pragma once

#include "base/text.h"
#include "model/pasted.h"

/**
 * struct guest_device - a device of a guest
 * @driver: that libvirt binds to it: letters, digits, '-' and '_', not NUL-terminated; without
 * length: the VFIO driver for any PCI device
 */
struct guest_device {
	struct pci_name name;
	struct span driver;
};

/**
 * guest_file_next - take the next managed device from @rest, the text of a guest's file
 * @ret_device: the text of its driver lasts as long as @rest's
 * Returns: false at the end.
 */
bool guest_file_next(struct span *rest, struct guest_device *ret_device);
