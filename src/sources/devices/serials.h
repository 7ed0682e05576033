/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serials - the file of a captured tree that has the serials of its machine's devices */
#pragma once

/**
 * A line for each serial, and for each that could not be read:
 *
 *     PATH KIND =VALUE
 *     PATH KIND ?GAP
 *
 * PATH: of the device, /sys/devices/…     KIND, GAP: the words of model/identity.h     VALUE: up to
 * the end of the line. A captured tree without the file says of no serial that there is none.
 */
#define CAPTURED_SERIALS "/iommuctl/serials"
