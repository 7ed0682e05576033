/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * early_list - a pin as a line for the initramfs, and as a rule of udev
 *
 * Neither reads a pin file: both are made from pins that were parsed and judged. They match the
 * location and the IDs of the device, never its address.
 */
#pragma once

#include "base/arena.h"
#include "model/pin.h"

/**
 * early_list_can - true for a pin that the initramfs could find: its bus is PCI, and its location
 * is the path of a PCI function below a root bus
 */
bool early_list_can(const struct pin *pin) _nonnull_();

/**
 * early_list_can_compare - true for a pin whose card the initramfs could tell from another card of
 * the model: the pin has no serial, or the one of config space (SERIAL_PCIE) is among its serials.
 * Others are known only while a driver has the device.
 */
bool early_list_can_compare(const struct pin *pin) _nonnull_();

/**
 * early_list_line - the line of a pin in the list of the initramfs, which early_line.h reads:
 * "LOCATION VENDOR DEVICE SUBSYSTEM-VENDOR SUBSYSTEM-DEVICE SERIAL MEMBERS DRIVER NAME" and a
 * newline, where MEMBERS is the number of devices in the group, and "-" is any ID, serial or number
 * @pin: early_list_can and early_list_can_compare are true of it
 */
const char *early_list_line(const struct pin *pin, struct arena *arena) _nonnull_();

/**
 * early_list_rule - a rule of udev (udev(7)) and a newline: it writes driver_override of the device
 * when that is added, before a later rule loads the module of the native driver, and starts the
 * service of pins. Disk controllers, displays and bridges are left alone, as initramfs/early-pins
 * leaves them. For a pin with a serial, the rule starts the program pci-serials.
 * @pin: early_list_can and early_list_can_compare are true of it
 */
const char *early_list_rule(const struct pin *pin, struct arena *arena) _nonnull_();
