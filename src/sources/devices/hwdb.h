/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hwdb - where a captured tree keeps the names that its machine knew
 */
#pragma once

/** Lines "VVVV:DDDD<TAB>vendor name<TAB>device name", lower-case hex, written by `capture`. */
#define CAPTURED_NAMES "/iommuctl/names"
