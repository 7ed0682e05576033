/* SPDX-License-Identifier: GPL-2.0-or-later */
/* supply - whether the suppliers that a device waits for are ready */
#pragma once

#include "model/system.h"

/** enum supplier_state - how far a supplier has probed */
enum supplier_state {
	SUPPLIER_READY,
	SUPPLIER_DEFERRED, /* the supplier's own probe is deferred */
	SUPPLIER_UNBOUND,  /* the kernel has a device for the supplier, and no driver is bound */
	SUPPLIER_FAILED,   /* the supplier is an IOMMU that is listed and serves no device */
	SUPPLIER_DISABLED, /* the supplier is disabled in firmware */
	SUPPLIER_ABSENT,   /* no device of the supplier's name exists */
	SUPPLIER_UNKNOWN,  /*
			    * no device is known; a supplier that is initialised early in boot has
			    * none either
			    */
	SUPPLIER_STATE_COUNT,
};

/** supplier_is_iommu - true where the supplier is an IOMMU */
bool supplier_is_iommu(const struct supplier *supplier) _nonnull_(1);

/** supplier_state - the state of @supplier, derived from its facts */
enum supplier_state supplier_state(const struct supplier *supplier) _nonnull_(1);

/**
 * supplier_blocks - true where a consumer without a driver cannot probe before @supplier
 * A disabled IOMMU does not: the kernel goes on without it (drivers/iommu/of_iommu.c:
 * of_iommu_xlate).
 */
bool supplier_blocks(const struct supplier *supplier) _nonnull_(1);

/**
 * device_state_of - the state of a device whose suppliers are known
 * Without the kernel's list of deferred devices, a supplier that is not ready is proof that a
 * driverless device waits. With the list, a device that is not listed although its driver is in the
 * kernel was bound by hand and deferred: the kernel will not retry it.
 */
enum device_state device_state_of(const struct device *device) _nonnull_(1);

const char *supplier_state_name(enum supplier_state state);
