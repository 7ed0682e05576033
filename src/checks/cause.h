/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cause - the message and remedy of a root cause: the last link of a chain of suppliers */
#pragma once

#include "checks/deferral.h"

/** cause_of_supplier - why @supplier is not ready although it waits for nothing itself */
struct cause cause_of_supplier(const struct system *system, const struct supplier *supplier,
			       struct arena *arena);

/** cause_of_lost - why @device, which is bound and whose IOMMU is registered, has no group */
struct cause cause_of_lost(const struct system *system, const struct device *device,
			   struct arena *arena);

/**
 * cause_of_rejected - the stream because of which the IOMMU of @device rejected it at its
 * registration
 * Returns: false, and *ret untouched, where no stream explains it.
 */
bool cause_of_rejected(const struct system *system, const struct device *device,
		       struct arena *arena, struct cause *ret);

/**
 * registration_failed - true where the kernel took back the registration of the IOMMU @supplier
 * because it rejected a device behind it (Linux 6.15)
 */
bool registration_failed(const struct system *system, const struct supplier *supplier);

/**
 * cause_of_registration - the rejected device, if the log names it, as a root cause with a remedy
 */
struct cause cause_of_registration(const struct system *system, const struct supplier *supplier,
				   struct arena *arena);

/**
 * gets_iommu_later - whether @device, which is bound, joins a group when its driver probes it again
 * No, if the kernel reads an ACPI table for a device only once. No for a bridge: without its
 * driver, all devices below it lose hot-plug and error reporting.
 */
enum answer gets_iommu_later(const struct system *system, const struct device *device);

/**
 * gets_iommu_by_rescan - true where @device, which was bound without its IOMMU, may get it only
 * when it is removed and found again: a PCI device whose IOMMU an ACPI table names, on newer
 * kernels
 */
bool gets_iommu_by_rescan(const struct system *system, const struct device *device);

/**
 * remedy_of_missed - a remedy for @device, which was bound without its IOMMU: to bind it again, or
 * if that has no effect a boot with the IOMMU's module in the initramfs
 */
const char *remedy_of_missed(const struct system *system, const struct device *device,
			     struct arena *arena);

/**
 * remark_pending - the line with which the kernel logged that @device was still deferred at the
 * deferred probe timeout; NULL without one, or where it has a driver or a newer source is known
 */
const struct remark *remark_pending(const struct system *system, const struct device *device);

/** remark_find - the newest log line of that kind about a device of that name, or NULL */
const struct remark *remark_find(const struct system *system, enum remark_kind kind,
				 const char *device);

/**
 * log_is_whole - true where the kernel log was read with every line since boot, so that a line that
 * is not in it was not logged; also where no entry tells, for systems that tests build
 */
bool log_is_whole(const struct system *system);

/** deferral_outcome_of - the outcome for the device of @deferral, whose cause is known */
struct deferral_outcome deferral_outcome_of(const struct system *system,
					    const struct deferral *deferral);
