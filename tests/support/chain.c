/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/chain.h"

#include <string.h>

struct arena *chain_arena;

int chain_start(void **state)
{
	chain_arena = arena_new();
	return 0;
}

int chain_end(void **state)
{
	arena_free(chain_arena);
	return 0;
}

struct build *chain_machine(enum source_state list)
{
	struct build *build = build_new();

	build_source(build, "devicetree", SOURCE_READ, NULL);
	build_source(build, "devices_deferred", list, NULL);
	return build;
}

struct device *chain_device(struct build *build, const char *name, enum device_state state)
{
	struct device *device = build_device(build, "platform", name, name);
	struct probing *probing = build_probing(build, device);

	device->driver_known = true;
	device->state = state;
	probing->modalias = name;
	probing->modules_known = true;
	return device;
}

struct supplier *chain_wait_for(struct build *build, struct device *consumer, const char *kind,
				const struct device *device)
{
	struct probing *probing = build_find_probing(build, consumer);
	struct supplier *supplier = arena_alloc(build_arena(build), sizeof(*supplier));

	supplier->kind = kind;
	supplier->source = strcmp(kind, "iommu") == 0 ? "iommus" : "clocks";
	supplier->optional = strcmp(kind, "dma") == 0;
	supplier->name = device ? device->label : "/soc/node";
	supplier->device = device;
	probing->suppliers = supplier;
	probing->supplier_count = 1;
	return supplier;
}

void chain_claim(struct build *build, struct device *device, enum module_state state,
		 bool blacklisted)
{
	struct probing *probing = build_find_probing(build, device);
	struct module *module = arena_alloc(build_arena(build), sizeof(*module));

	*module = (struct module){.name = "the_module", .state = state, .blacklisted = blacklisted};
	probing->modules = module;
	probing->module_count = 1;
}

void chain_bind_without_group(struct build *build, struct device *device)
{
	device->driver = "driver";
	device->state = DEVICE_BOUND;
	build_stream(build, device)->iommu_name = "/soc/node";
}

const struct system *chain_seal(struct build *build)
{
	return build_seal(build, FACT_SUPPLIERS | FACT_STREAMS | FACT_DEFERRAL | FACT_IOMMUS);
}

struct deferral chain_deferral(const struct system *system, const char *name)
{
	struct deferral deferral;

	assert_true(deferral_of(system, find_device(system, name), chain_arena, &deferral));
	return deferral;
}

void chain_assert_cause(const struct system *system, const char *name, const char *code,
			const char *subject)
{
	struct deferral deferral = chain_deferral(system, name);

	assert_string_equal(code_kinds[deferral.cause.finding.code].word, code);
	assert_string_equal(deferral.cause.finding.subject, subject);
}

const struct system *chain_behind(void (*shape)(struct build *, struct device *iommu))
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *device = chain_device(build, "disk", DEVICE_DEFERRED);
	struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND);

	chain_wait_for(build, device, "iommu", iommu);
	if (shape)
		shape(build, iommu);
	return chain_seal(build);
}

void chain_not_loaded(struct build *build, struct device *iommu)
{
	chain_claim(build, iommu, MODULE_NOT_LOADED, false);
}

void chain_blacklisted(struct build *build, struct device *iommu)
{
	chain_claim(build, iommu, MODULE_NOT_LOADED, true);
}

void chain_built_in(struct build *build, struct device *iommu)
{
	chain_claim(build, iommu, MODULE_BUILTIN, false);
}

void chain_no_index(struct build *build, struct device *iommu)
{
	build_find_probing(build, iommu)->modules_known = false;
}
