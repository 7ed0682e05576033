/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hwdb - the file of a captured tree with the names that its machine knew */
#pragma once

/**
 * The file of a captured tree with the names of its devices, written by `capture`: lines
 * "VVVV:DDDD<TAB>vendor name<TAB>device name", lower-case hex.
 */
#define CAPTURED_NAMES "/iommuctl/names"
