/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain - a machine made by hand whose devices wait for suppliers, and the deferral of each device
 *
 *     struct build *build = chain_machine(SOURCE_READ);
 *     struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND);
 *     chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu", iommu);
 *     chain_assert_cause(chain_seal(build), "disk", "iommu_driver_not_loaded", "smmu");
 */
#pragma once

#include "checks/deferral.h"
#include "model/build.h"
#include "support/check.h"

/** chain_arena - memory of deferrals: made by chain_start, freed by chain_end */
extern struct arena *chain_arena;

/** chain_start - set-up of a group of tests, for cmocka_run_group_tests */
int chain_start(void **state);

/** chain_end - the end of a group of tests */
int chain_end(void **state);

/** chain_machine - a machine whose list of deferred devices has that state */
struct build *chain_machine(enum source_state list);

/** chain_device - a platform device without a driver; its modules are known, and none */
struct device *chain_device(struct build *build, const char *name, enum device_state state);

/**
 * chain_wait_for - make @device the only supplier of @consumer
 * @kind: "iommu", "clock", …
 * @device: NULL: no device exists, the supplier is the node "/soc/node"
 *
 * Return: the supplier, which may be changed until the build is sealed.
 */
struct supplier *chain_wait_for(struct build *build, struct device *consumer, const char *kind,
				const struct device *device);

/** chain_claim - give @device one matching module, "the_module" */
void chain_claim(struct build *build, struct device *device, enum module_state state,
		 bool blacklisted);

/** chain_bind_without_group - bind @device; it has a stream at the IOMMU "/soc/node" and no group
 */
void chain_bind_without_group(struct build *build, struct device *device);

/** chain_seal - the system with the facts that a deferral depends on; free it with system_free */
const struct system *chain_seal(struct build *build);

/**
 * chain_behind - the deferred device "disk" that waits for the IOMMU "smmu", which has no driver
 * @shape: sets the reason, as the functions below do; may be NULL
 */
const struct system *chain_behind(void (*shape)(struct build *, struct device *iommu));

/** chain_not_loaded - the module of @iommu is not loaded */
void chain_not_loaded(struct build *build, struct device *iommu);

/** chain_blacklisted - the module of @iommu is not loaded and is blacklisted */
void chain_blacklisted(struct build *build, struct device *iommu);

/** chain_built_in - the driver of @iommu is built in */
void chain_built_in(struct build *build, struct device *iommu);

/** chain_no_index - the modules of @iommu are unknown */
void chain_no_index(struct build *build, struct device *iommu);

/** chain_deferral - the deferral of the device of that name; fails the test where it has none */
struct deferral chain_deferral(const struct system *system, const char *name);

/** chain_assert_cause - fails the test unless the deferral of @name has that code and subject */
void chain_assert_cause(const struct system *system, const char *name, const char *code,
			const char *subject);
