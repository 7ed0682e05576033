/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nameless - an IOMMU of which firmware gives an address alone, and whose device is not known
 *
 * The kernel log may have the failed probe of its driver, with the name of the device in it.
 */
#pragma once

#include "model/system.h"

/**
 * nameless_failed_probe - the line of the failed probe of the IOMMU that firmware calls @name
 * Returns: NULL where the log has none or several, or where several such IOMMUs may be the one of
 * the line.
 */
const struct remark *nameless_failed_probe(const struct system *system, const char *name)
	_nonnull_();
