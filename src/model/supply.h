/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supply - whether what a device waits for is there
 */
#pragma once

#include "model/system.h"

/** enum supplier_state - how far something is that others wait for */
enum supplier_state {
	SUPPLIER_READY,
	SUPPLIER_DEFERRED, /* its own probe waits */
	SUPPLIER_UNBOUND,  /* the kernel has a device for it, and no driver is bound */
	SUPPLIER_DISABLED, /* firmware says so */
	SUPPLIER_ABSENT,   /* there is nothing of that name */
	SUPPLIER_UNKNOWN,  /* no device; what is built in early has none either */
	SUPPLIER_STATE_COUNT,
};

/** supplier_is_iommu - true where it is an IOMMU, and not a clock or the like */
bool supplier_is_iommu(const struct supplier *supplier) _nonnull_(1);

/** supplier_state - derived from the facts of @supplier */
enum supplier_state supplier_state(const struct supplier *supplier) _nonnull_(1);

/**
 * supplier_blocks - true where @consumer, which has no driver, cannot probe before it
 * A disabled IOMMU does not: the kernel goes on without it (drivers/iommu/of_iommu.c:
 * of_iommu_xlate).
 */
bool supplier_blocks(const struct supplier *supplier) _nonnull_(1);

/**
 * device_state_of - the state of a device whose suppliers are known
 * Without the kernel's list of deferred devices, a supplier that is not ready is proof that a
 * driverless device waits. With it, a device that is not listed though a driver for it is there
 * was bound by hand and deferred: nobody will try again.
 */
enum device_state device_state_of(const struct device *device) _nonnull_(1);

const char *supplier_state_name(enum supplier_state state);
