/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console_uses - consoles and keyboards below a device that has no terminal of its own: hvc0 on a
 * virtio-serial device, a USB keyboard behind its controller
 */
#pragma once

#include "base/answer.h"
#include "sources/usage/below.h"

/**
 * below_has_hvc - whether a virtio-serial device below has a console port (hvc0 and so on)
 * No file tells which hvc terminal belongs to which device, so each counts for every such device.
 * Source: drivers/char/virtio_console.c: debugfs, virtio-ports/vport0p1: "is_console: yes"
 */
enum answer below_has_hvc(const struct root *root, const struct below *below);

/** console_uses - add USE_CONSOLE for hvc terminals and for keyboards of the kernel's console */
void console_uses(struct reading *reading, const struct below *below);
