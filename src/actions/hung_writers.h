/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hung_writers - a process that the kernel keeps in a write that binds or unbinds a device
 *
 * Such a process sleeps with the file open, uninterruptibly (state D) or, where a VFIO user has the
 * device, interruptibly: bind or unbind of the driver, remove or reset of the device, drivers_probe
 * of the bus. A write of iommuctl would wait behind it.
 */
#pragma once

#include "base/root.h"

/**
 * hung_writer_of - the first process that hangs in such a write, if the file may be about the
 * device
 * @path: of the device     @bus, @driver: its bus and driver; @driver NULL unknown: any of the bus
 * Processes in state D come first; another one that has the file open may just be about to close
 * it. Returns: "sh (process 1234) hangs in a write to /sys/bus/pci/drivers/nvme/unbind", or "… has
 * … open", in @arena; NULL where none was found.
 */
const char *hung_writer_of(const struct root *root, const char *path, const char *bus,
			   const char *driver, struct arena *arena);
