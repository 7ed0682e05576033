/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hwdb - the file of a captured tree with the names that its machine knew */
#pragma once

/**
 * Its lines are "VVVV:DDDD<TAB>vendor name<TAB>device name", lower-case hex, written by `capture`.
 */
#define CAPTURED_NAMES "/iommuctl/names"
