/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select_firmware - find the parts of firmware files of another machine that selectors mean
 *
 * Such a system has streams and IOMMUs, and no devices. A selector is stream:[IOMMU/]ID,
 * iommu:NAME, a PCI function (0000:01:00.0), whose streams are those of the maps that cover its
 * requester ID, or a node: its path, or the last part of it (ethernet@1000, MMC0).
 */
#pragma once

#include "base/error.h"
#include "model/system.h"

/** struct firmware_selection - what is meant: by index of system->streams and system->iommus */
struct firmware_selection {
	bool *streams, *iommus;
};

/**
 * select_firmware - add what @selector means to @selection
 * Returns: 0; ERROR_USAGE for stream: without an ID, and for selectors that only devices have;
 * ERROR_NO_MATCH.
 */
_must_check_ int select_firmware(const struct system *system, const char *selector,
				 struct firmware_selection selection, struct error *e)
	_nonnull_(1, 2, 4);
