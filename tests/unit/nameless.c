/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of an IOMMU of which firmware gives an address alone: only the log has it. */
#include "model/nameless.h"
#include "model/build.h"
#include "support/check.h"

#define NEW "riscv-iommu RSCV0004:00: probe with driver riscv,iommu failed with error -22"
#define OLD "riscv,iommu: probe of RSCV0004:00 failed with error -22"
#define OTHER "x RSCV0004:00: probe with driver riscv,iommus failed with error -22"

static struct iommu *add_iommu(struct build *build, const char *name, enum iommu_state state)
{
	struct iommu *iommu = build_iommu(build, name);

	iommu->kind = IOMMU_KIND_RISCV;
	iommu->unregistered = state != IOMMU_READY;
	iommu->state = state;
	return iommu;
}

static void add_failed_line(struct build *build, const char *text)
{
	build_remark(build, (struct remark){.kind = REMARK_PROBE_FAILED,
					    .device = "RSCV0004:00",
					    .number = 22,
					    .text = text});
}

static void expect_first(struct build *build, enum iommu_state expected)
{
	_autosystem_ const struct system *system = build_seal(build, 0);

	assert_int_equal(system->iommus[0]->state, expected);
}

static void a_line_of_the_driver_means_that_it_failed(void **state)
{
	static const struct {
		const char *line;
		enum iommu_state expected;
	} rows[] = {{NEW, IOMMU_FAILED}, {OLD, IOMMU_FAILED}, {OTHER, IOMMU_UNKNOWN}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct build *build = build_new();

		add_iommu(build, "riscv-iommu@0x3010000", IOMMU_UNKNOWN);
		add_failed_line(build, rows[i].line);
		expect_first(build, rows[i].expected);
	}
}

static void a_line_that_may_be_of_two_means_none(void **state)
{
	struct build *build = build_new();

	add_iommu(build, "riscv-iommu@0x3010000", IOMMU_UNKNOWN);
	add_iommu(build, "riscv-iommu@0x3020000", IOMMU_UNKNOWN);
	add_failed_line(build, NEW);
	expect_first(build, IOMMU_UNKNOWN);
}

static void one_that_is_ready_is_not_the_one_of_the_line(void **state)
{
	struct build *build = build_new();

	add_iommu(build, "riscv-iommu@0x3010000", IOMMU_UNKNOWN);
	add_iommu(build, "riscv-iommu@0x3020000", IOMMU_READY);
	add_failed_line(build, NEW);
	expect_first(build, IOMMU_FAILED);
}

/* The driver core knows the state of an IOMMU that has a device. */
static void one_with_a_device_keeps_its_state(void **state)
{
	struct build *build = build_new();
	struct iommu *iommu = add_iommu(build, "riscv-iommu@0x3010000", IOMMU_UNKNOWN);

	iommu->device = "/sys/devices/platform/RSCV0004:01";
	add_failed_line(build, NEW);
	expect_first(build, IOMMU_UNKNOWN);
}

UNIT(nameless)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_the_driver_means_that_it_failed),
		cmocka_unit_test(a_line_that_may_be_of_two_means_none),
		cmocka_unit_test(one_that_is_ready_is_not_the_one_of_the_line),
		cmocka_unit_test(one_with_a_device_keeps_its_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
