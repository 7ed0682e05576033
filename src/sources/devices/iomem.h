/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iomem - which platform device has the registers at an address, by /proc/iomem
 *
 * "0a000000-0a0001ff : LNRO0005:00": the kernel claims a platform device's memory under its name
 * (drivers/base/platform.c: platform_device_add). Without privilege all addresses are 0, and
 * nothing is found.
 */
#pragma once

#include "sources/sources.h"

/** iomem_lines - the text of /proc/iomem, read once for a reading; "" where it could not be read */
const char *iomem_lines(struct reading *reading) _nonnull_();

/** iomem_base - the start of the memory of the device @name; false where no line has it */
bool iomem_base(const char *lines, const char *name, uint64_t *ret_base) _nonnull_();

/**
 * iomem_device - the name of the first claim that starts at @base, in @arena; NULL where there is
 * none
 */
const char *iomem_device(const char *lines, uint64_t base, struct arena *arena) _nonnull_();
