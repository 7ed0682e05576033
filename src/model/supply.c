/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/supply.h"

#include <string.h>

bool supplier_is_iommu(const struct supplier *supplier)
{
	return strcmp(supplier->kind, "iommu") == 0;
}

/*
 * True for the status of a device link whose supplier has a driver (drivers/base/core.c:
 * device_link_status).
 */
static bool link_is_ready(const char *status)
{
	static const char *const ready[] = {"available", "consumer probing", "active"};

	for (size_t i = 0; status && i < ARRAY_SIZE(ready); i++)
		if (strcmp(status, ready[i]) == 0)
			return true;
	return false;
}

static enum supplier_state state_of_device(const struct supplier *supplier)
{
	const struct device *device = supplier->device;

	/*
	 * An IOMMU whose driver is bound should be registered, and a part that is awaited should be
	 * there; here they are not.
	 */
	if (device->driver)
		return supplier_is_iommu(supplier) || supplier->awaited ? SUPPLIER_UNKNOWN
									: SUPPLIER_READY;
	if (device->state == DEVICE_DEFERRED || device->state == DEVICE_WAITING)
		return SUPPLIER_DEFERRED;
	return SUPPLIER_UNBOUND;
}

enum supplier_state supplier_state(const struct supplier *supplier)
{
	if (supplier->iommu && supplier->iommu->state == IOMMU_FAILED)
		return SUPPLIER_FAILED;
	if (supplier->iommu || link_is_ready(supplier->link_status))
		return SUPPLIER_READY;
	if (supplier->missing)
		return SUPPLIER_ABSENT;
	if (supplier->device)
		return state_of_device(supplier);
	return supplier->disabled ? SUPPLIER_DISABLED : SUPPLIER_UNKNOWN;
}

bool supplier_blocks(const struct supplier *supplier)
{
	/* A supplier with a device link is given up by the rules of the link. */
	if (supplier->given_up && !supplier->link_status)
		return false;
	/* The kernel's own words count for more: a device link, or the name in devices_deferred. */
	if (supplier->optional && !supplier->link_status)
		return false;
	switch (supplier_state(supplier)) {
	case SUPPLIER_DEFERRED:
	case SUPPLIER_UNBOUND:
	case SUPPLIER_FAILED:
	case SUPPLIER_ABSENT:
		return true;
	case SUPPLIER_DISABLED:
		return !supplier_is_iommu(supplier);
	case SUPPLIER_UNKNOWN:
		return supplier_is_iommu(supplier) ||
		       strcmp(supplier->source, "devices_deferred") == 0;
	default:
		return false;
	}
}

/* True where a driver that matches the device is in the kernel. */
static bool has_driver_waiting(const struct device *device)
{
	const struct probing *probing = device->probing;

	if (device->driver_override)
		return probing->override_exists;
	for (size_t i = 0; i < probing->module_count; i++)
		if (probing->modules[i].state == MODULE_BUILTIN ||
		    probing->modules[i].state == MODULE_LIVE)
			return true;
	return false;
}

/* Suppliers that fw_devlink enforces; whether a clock is needed is up to the driver. */
static bool is_enforced(const struct supplier *supplier)
{
	return supplier_is_iommu(supplier) || supplier->link_status;
}

static bool is_held_back(const struct device *device, bool enforced)
{
	const struct probing *probing = device->probing;

	for (size_t i = 0; i < probing->supplier_count; i++)
		if (supplier_blocks(&probing->suppliers[i]) &&
		    (!enforced || is_enforced(&probing->suppliers[i])))
			return true;
	return false;
}

enum device_state device_state_of(const struct device *device)
{
	if (!device->probing || device->driver || !device->driver_known)
		return device->state;
	if (device->state == DEVICE_UNKNOWN && is_held_back(device, false))
		return DEVICE_WAITING;
	if (device->state == DEVICE_UNBOUND && is_held_back(device, true) &&
	    has_driver_waiting(device))
		return DEVICE_WAITING;
	return device->state;
}

const char *supplier_state_name(enum supplier_state state)
{
	static const char *const names[SUPPLIER_STATE_COUNT] = {
		[SUPPLIER_READY] = "ready",	[SUPPLIER_DEFERRED] = "deferred",
		[SUPPLIER_UNBOUND] = "unbound", [SUPPLIER_DISABLED] = "disabled",
		[SUPPLIER_FAILED] = "failed",	[SUPPLIER_ABSENT] = "absent",
		[SUPPLIER_UNKNOWN] = "unknown",
	};

	return names[state];
}
