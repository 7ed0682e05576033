/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity - the properties of one card that tell it from another one of the same model */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/** enum serial_kind - the sources of a serial; serial_kind_name gives the word of each */
enum serial_kind {
	SERIAL_PCIE, /* serial: the Device Serial Number capability of PCI Express */
	SERIAL_MAC,  /* serial: the permanent address of a network interface */
	SERIAL_NVME, /* serial: the serial number of an NVMe controller */
	SERIAL_KIND_COUNT,
};

/**
 * struct serial - @value: in the spelling of its source, such as "00-1b-21-ff-ff-a1-b2-c3", or the
 * digest that a capture has in its place, "digest-0123456789abcdef"
 */
struct serial {
	enum serial_kind kind;
	const char *value;
};

/** enum serial_gap - why a serial is unknown; serial_gap_name and serial_gap_text give words */
enum serial_gap {
	GAP_NONE,   /* it was read: without a serial in the list the device has none */
	GAP_DENIED, /* root could read it */
	GAP_ASLEEP, /* to read it would wake the device */
	GAP_BUSY,   /* the file did not answer in time */
	GAP_FAILED, /* the file could not be read, or a capture left it out */
	SERIAL_GAP_COUNT,
};

/**
 * struct identity - what can be read now
 * @gaps: by kind     @compatible: the first word of a devicetree node's compatible; NULL
 * for a PCI device, which has IDs, and where there is none
 */
struct identity {
	const struct serial *serials;
	size_t serial_count;
	enum serial_gap gaps[SERIAL_KIND_COUNT];
	const char *compatible;
};

/** serial_kind_name - the word of a kind in pin files: "pcie", "mac", "nvme" */
const char *serial_kind_name(enum serial_kind kind);

/** serial_gap_name - the word of a gap in captures: "denied", "asleep", "busy", "failed" */
const char *serial_gap_name(enum serial_gap gap);

/** serial_gap_text - a gap as a clause: "only root can read it" */
const char *serial_gap_text(enum serial_gap gap);

/**
 * serials_join - "KIND:VALUE" of each, separated by commas, in @arena; NULL where there are none
 * @with_addresses: also those that are addresses of interfaces
 */
const char *serials_join(const struct serial *serials, size_t count, bool with_addresses,
			 struct arena *arena);
