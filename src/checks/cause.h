/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cause - the words for a root cause: what is wrong with the last link, and what to do
 */
#pragma once

#include "checks/deferral.h"

/** cause_of_supplier - why @supplier, which waits for nothing itself, is not there */
struct cause cause_of_supplier(const struct system *system, const struct supplier *supplier,
			       struct arena *arena);

/** cause_of_lost - why @device, which is bound and whose IOMMU is registered, has no group */
struct cause cause_of_lost(const struct system *system, const struct device *device,
			   struct arena *arena);

/** remedy_bind_again - what to type so that the driver of @device probes it once more */
const char *remedy_bind_again(const struct device *device, struct arena *arena);

/** remark_pending - the log line that says that @device was still deferred when the deferred probe
 * timeout had passed, where it has no driver and no newer source tells; or NULL */
const struct remark *remark_pending(const struct system *system, const struct device *device);

/** remark_find - the newest log line of that kind about a device of that name, or NULL */
const struct remark *remark_find(const struct system *system, enum remark_kind kind,
				 const char *device);

/** will_probe - whether @deferral, whose cause is known, ends by itself as things are */
enum answer will_probe(const struct system *system, const struct deferral *deferral);
