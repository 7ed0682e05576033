/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cause at the end of a chain of suppliers. */
#include "checks/deferral.h"
#include "model/build.h"
#include "support/chain.h"
#include "support/check.h"

#include <string.h>

static void the_driver_of_the_iommu_decides_the_cause(void **state)
{
	static const struct {
		void (*shape)(struct build *, struct device *);
		const char *code, *remedy;
	} cases[] = {
		{chain_not_loaded, "iommu_module_not_loaded", "modprobe the_module"},
		{chain_blacklisted, "iommu_module_blacklisted", "blacklist line"},
		{chain_built_in, "iommu_probe_failed", "kernel log"},
		{NULL, "iommu_no_driver", "kernel that has a driver"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct system *system = chain_behind(cases[i].shape);

		chain_assert_cause(system, "disk", cases[i].code, "smmu");
		assert_non_null(strstr(chain_deferral(system, "disk").remedy, cases[i].remedy));
		system_free(system);
	}
}

static void without_the_module_index_no_driver_is_not_claimed(void **state)
{
	const struct system *system = chain_behind(chain_no_index);

	chain_assert_cause(system, "disk", "unknown", "smmu");
	assert_int_equal(chain_deferral(system, "disk").outcome.what, DEFERRAL_UNKNOWN);
	system_free(system);
}

static void a_chain_is_followed_to_its_last_link(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *device = chain_device(build, "disk", DEVICE_DEFERRED);
	struct device *iommu = chain_device(build, "smmu", DEVICE_DEFERRED);
	struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);
	const struct system *system;
	struct deferral deferral;

	chain_wait_for(build, device, "iommu", iommu);
	chain_wait_for(build, iommu, "clock", clock);
	system = chain_seal(build);
	chain_assert_cause(system, "disk", "supplier_no_driver", "clock");
	chain_assert_cause(system, "smmu", "supplier_no_driver", "clock");
	deferral = chain_deferral(system, "disk");
	assert_int_equal(deferral.link_count, 2);
	assert_int_equal(deferral.links[0].state, SUPPLIER_DEFERRED);
	assert_int_equal(deferral.links[1].depth, 1);
	assert_string_equal(deferral.links[1].consumer->name, "smmu");
	system_free(system);
}

/* An unbound supplier waits for nothing: its own suppliers do not count. */
static void an_unbound_supplier_is_the_end_of_a_chain(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);
	const struct system *system;

	chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "clock", clock);
	chain_wait_for(build, clock, "regulator", chain_device(build, "regulator", DEVICE_UNBOUND));
	system = chain_seal(build);
	chain_assert_cause(system, "disk", "supplier_no_driver", "clock");
	system_free(system);
}

static void a_dma_channel_is_optional(void **state)
{
	for (int linked = 0; linked < 2; linked++) {
		struct build *build = chain_machine(SOURCE_READ);
		const struct system *system;

		chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "dma",
			       chain_device(build, "dmac", DEVICE_UNBOUND))
			->link_status = linked ? "dormant" : NULL;
		system = chain_seal(build);
		chain_assert_cause(system, "disk", linked ? "supplier_no_driver" : "unknown",
				   linked ? "dmac" : "disk");
		system_free(system);
	}
}

/* The device of the supplier is bound, and the part that is awaited is not there. */
static void a_part_that_its_device_has_not_created_is_named(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *flash = chain_device(build, "flash", DEVICE_BOUND);
	struct supplier *supplier =
		chain_wait_for(build, chain_device(build, "nic", DEVICE_DEFERRED), "nvmem", flash);
	const struct system *system;

	flash->driver = "spi-nor";
	supplier->source = "devices_deferred";
	supplier->firmware_node = "/flash/cell";
	supplier->awaited = true;
	system = chain_seal(build);
	chain_assert_cause(system, "nic", "unknown", "flash");
	assert_non_null(strstr(chain_deferral(system, "nic").cause.finding.message, "/flash/cell"));
	system_free(system);
}

static void a_supplier_that_is_no_iommu_has_words_of_its_own(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct supplier *supplier;
	const struct system *system;

	supplier =
		chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "clock", NULL);
	supplier->disabled = true;
	chain_wait_for(build, chain_device(build, "net", DEVICE_DEFERRED), "regulator", NULL)
		->missing = true;
	system = chain_seal(build);
	chain_assert_cause(system, "disk", "supplier_disabled", "/soc/node");
	chain_assert_cause(system, "net", "supplier_absent", "/soc/node");
	system_free(system);
}

static void the_driver_of_a_clock_decides_the_cause_too(void **state)
{
	static const struct {
		void (*shape)(struct build *, struct device *);
		const char *code;
	} cases[] = {
		{chain_not_loaded, "supplier_module_not_loaded"},
		{chain_blacklisted, "supplier_module_blacklisted"},
		{chain_built_in, "supplier_probe_failed"},
		{NULL, "supplier_no_driver"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct build *build = chain_machine(SOURCE_READ);
		struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);
		const struct system *system;

		chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "clock", clock);
		if (cases[i].shape)
			cases[i].shape(build, clock);
		system = chain_seal(build);
		chain_assert_cause(system, "disk", cases[i].code, "clock");
		assert_string_equal(chain_deferral(system, "disk").cause.kind, "clock");
		system_free(system);
	}
}

static void the_log_says_why_an_iommu_failed(void **state)
{
	static const enum remark_kind kinds[] = {REMARK_PROBE_FAILED, REMARK_IOMMU_FAILED};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct build *build = chain_machine(SOURCE_READ);
		struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND);
		const struct system *system;

		chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu", iommu);
		/* The second kind of line may also come from a driver that stays bound. */
		if (kinds[i] == REMARK_IOMMU_FAILED)
			iommu->driver = "arm-smmu";
		build_remark(build, (struct remark){.kind = kinds[i],
						    .device = "smmu",
						    .text = "no room on the bus"});
		system = chain_seal(build);
		chain_assert_cause(system, "disk", "iommu_probe_failed", "smmu");
		assert_non_null(strstr(chain_deferral(system, "disk").cause.finding.message,
				       "no room on the bus"));
		system_free(system);
	}
}

static void a_reason_without_a_supplier_is_passed_on(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *device = chain_device(build, "disk", DEVICE_DEFERRED);
	const struct system *system;

	build_find_probing(build, device)->reason = "nvme: no moon tonight";
	system = chain_seal(build);
	chain_assert_cause(system, "disk", "unknown", "disk");
	assert_non_null(
		strstr(chain_deferral(system, "disk").cause.finding.message, "no moon tonight"));
	assert_int_equal(chain_deferral(system, "disk").outcome.what, DEFERRAL_UNKNOWN);
	system_free(system);
}

UNIT(deferral_chain)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_driver_of_the_iommu_decides_the_cause),
		cmocka_unit_test(without_the_module_index_no_driver_is_not_claimed),
		cmocka_unit_test(a_chain_is_followed_to_its_last_link),
		cmocka_unit_test(an_unbound_supplier_is_the_end_of_a_chain),
		cmocka_unit_test(a_dma_channel_is_optional),
		cmocka_unit_test(a_part_that_its_device_has_not_created_is_named),
		cmocka_unit_test(a_supplier_that_is_no_iommu_has_words_of_its_own),
		cmocka_unit_test(the_driver_of_a_clock_decides_the_cause_too),
		cmocka_unit_test(the_log_says_why_an_iommu_failed),
		cmocka_unit_test(a_reason_without_a_supplier_is_passed_on),
	};

	return cmocka_run_group_tests(tests, chain_start, chain_end);
}
