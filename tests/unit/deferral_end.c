/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a deferral will end: at the timeout, without its supplier, or never. */
#include "checks/cause.h"
#include "checks/deferral.h"
#include "model/build.h"
#include "support/chain.h"
#include "support/check.h"

static enum deferral_end outcome_with(const char *kernel, const char *command_line,
				      const char *source, bool linked)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND);
	struct supplier *supplier =
		chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu", iommu);
	const struct system *system;
	enum deferral_end outcome;

	chain_claim(build, iommu, MODULE_BUILTIN, false);
	supplier->source = source;
	supplier->link_status = linked ? "dormant" : NULL;
	build_machine(build)->kernel = kernel;
	build_machine(build)->command_line = command_line;
	system = chain_seal(build);
	outcome = chain_deferral(system, "disk").outcome.what;
	system_free(system);
	return outcome;
}

static void the_timeout_ends_the_wait_for_an_iommu_of_a_devicetree(void **state)
{
	assert_int_equal(outcome_with(NULL, "quiet", "iommus", false), DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(outcome_with(NULL, "quiet deferred_probe_timeout=5", "iommus", false),
			 DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(outcome_with(NULL, "deferred_probe_timeout=-1", "iommus", false),
			 DEFERRAL_NEVER);
	assert_int_equal(outcome_with(NULL, "x.deferred_probe_timeout=-1", "iommus", false),
			 DEFERRAL_RUNS_WITHOUT_IOMMU);
	/* A driver matches the supplier and did not bind: the link stays. */
	assert_int_equal(outcome_with(NULL, "quiet", "iommus", true), DEFERRAL_NEVER);
}

/* Without a list to be on, a driverless device with a driver in the kernel was bound by hand. */
static void after_the_timeout_no_bind_by_hand_is_deferred_for_an_iommu(void **state)
{
	for (int given_up = 0; given_up < 2; given_up++) {
		struct build *build = chain_machine(SOURCE_READ);
		struct device *disk = chain_device(build, "disk", DEVICE_UNBOUND);
		const struct system *system;

		chain_claim(build, disk, MODULE_BUILTIN, false);
		chain_wait_for(build, disk, "iommu", chain_device(build, "smmu", DEVICE_UNBOUND))
			->given_up = given_up;
		system = chain_seal(build);
		assert_int_equal(find_device(system, "disk")->state,
				 given_up ? DEVICE_UNBOUND : DEVICE_WAITING);
		system_free(system);
	}
}

/* The outcome for a device that a link to an IOMMU without driver holds back. */
static enum deferral_end outcome_of_link(const char *kernel, const char *command_line)
{
	struct build *build = chain_machine(SOURCE_READ);
	const struct system *system;
	enum deferral_end outcome;

	chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu",
		       chain_device(build, "smmu", DEVICE_UNBOUND))
		->link_status = "dormant";
	build_machine(build)->kernel = kernel;
	build_machine(build)->command_line = command_line;
	system = chain_seal(build);
	outcome = chain_deferral(system, "disk").outcome.what;
	system_free(system);
	return outcome;
}

static void linux_5_10_gives_up_no_link(void **state)
{
	static const char timeout[] = "deferred_probe_timeout=15";

	assert_int_equal(outcome_of_link("5.10.0-32-arm64", timeout), DEFERRAL_NEVER);
	assert_int_equal(outcome_of_link("5.14.0", timeout), DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(outcome_of_link("6.1.0-42-arm64", NULL), DEFERRAL_RUNS_WITHOUT_IOMMU);
}

static void linux_before_6_0_has_a_timeout_only_where_one_is_set(void **state)
{
	assert_int_equal(outcome_of_link("5.15.0-91-generic", NULL), DEFERRAL_NEVER);
	assert_int_equal(outcome_of_link("5.15.0-91-generic", "quiet"), DEFERRAL_NEVER);
	assert_int_equal(outcome_of_link("5.15.0-91-generic", "deferred_probe_timeout=5"),
			 DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(outcome_with("5.15.0-91-generic", "quiet", "iommus", false),
			 DEFERRAL_NEVER);
	assert_int_equal(outcome_of_link(NULL, NULL), DEFERRAL_RUNS_WITHOUT_IOMMU);
}

static void newer_kernels_give_up_an_iommu_of_acpi_as_well(void **state)
{
	static const struct {
		const char *kernel;
		enum deferral_end outcome;
	} cases[] = {{"6.13.7", DEFERRAL_NEVER},
		     {"6.14.0", DEFERRAL_RUNS_WITHOUT_IOMMU},
		     {"6.18.15", DEFERRAL_RUNS_WITHOUT_IOMMU},
		     {"7.3.4", DEFERRAL_RUNS_WITHOUT_IOMMU},
		     {NULL, DEFERRAL_UNKNOWN}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(outcome_with(cases[i].kernel, "quiet", "viot", false),
				 cases[i].outcome);
		assert_int_equal(outcome_with(cases[i].kernel, "quiet", "iort", false),
				 cases[i].outcome);
		assert_int_equal(
			outcome_with(cases[i].kernel, "deferred_probe_timeout=-1", "viot", false),
			DEFERRAL_NEVER);
	}
}

static void to_run_without_its_iommu_is_an_alarm_with_a_time(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	const struct system *system;
	struct deferral deferral;

	chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu",
		       chain_device(build, "smmu", DEVICE_UNBOUND));
	build_machine(build)->command_line = "deferred_probe_timeout=7";
	system = chain_seal(build);
	deferral = chain_deferral(system, "disk");
	assert_int_equal(deferral.outcome.what, DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(deferral.outcome.when_seconds, 7);
	assert_int_equal(deferral.cause.finding.severity, SEVERITY_ALARM);
	system_free(system);
}

static enum deferral_end outcome_with_log(enum source_state log)
{
	struct build *build = chain_machine(SOURCE_READ);
	const struct system *system;
	enum deferral_end outcome;

	build_source(build, "log", log, NULL);
	chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu",
		       chain_device(build, "smmu", DEVICE_UNBOUND));
	system = chain_seal(build);
	outcome = chain_deferral(system, "disk").outcome.what;
	system_free(system);
	return outcome;
}

static void without_the_whole_log_the_timeout_may_have_expired(void **state)
{
	assert_int_equal(outcome_with_log(SOURCE_READ), DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(outcome_with_log(SOURCE_PARTIAL), DEFERRAL_UNKNOWN);
	assert_int_equal(outcome_with_log(SOURCE_DENIED), DEFERRAL_UNKNOWN);
	assert_int_equal(outcome_with_log(SOURCE_ABSENT), DEFERRAL_UNKNOWN);
}

/* The line is logged after the kernel has retried the device at the timeout. */
static void a_device_that_outlived_the_timeout_waits_on(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	const struct system *system;

	chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu",
		       chain_device(build, "smmu", DEVICE_UNBOUND));
	build_remark(build, (struct remark){.kind = REMARK_PENDING,
					    .device = "disk",
					    .text = "deferred probe pending"});
	system = chain_seal(build);
	assert_int_equal(chain_deferral(system, "disk").outcome.what, DEFERRAL_NEVER);
	assert_int_equal(chain_deferral(system, "disk").outcome.when_seconds, -1);
	system_free(system);
}

static enum deferral_end outcome_of_clock(const char *command_line, bool with_iommu, bool gone)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *disk = chain_device(build, "disk", DEVICE_DEFERRED);
	struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);
	struct supplier *suppliers = arena_array(build_arena(build), 2, sizeof(*suppliers));
	const struct system *system;
	enum deferral_end outcome;
	size_t count = 0;

	if (with_iommu)
		suppliers[count++] = *chain_wait_for(build, disk, "iommu",
						     chain_device(build, "smmu", DEVICE_UNBOUND));
	suppliers[count] = *chain_wait_for(build, disk, "clock", clock);
	suppliers[count++].missing = gone;
	build_find_probing(build, disk)->suppliers = suppliers;
	build_find_probing(build, disk)->supplier_count = count;
	build_machine(build)->command_line = command_line;
	system = chain_seal(build);
	outcome = chain_deferral(system, "disk").outcome.what;
	system_free(system);
	return outcome;
}

/* The device waits for an IOMMU that waits for a clock, with or without a device link. */
static enum deferral_end outcome_behind_clock(bool linked)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *iommu = chain_device(build, "smmu", DEVICE_DEFERRED);
	struct supplier *supplier =
		chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu", iommu);
	const struct system *system;
	enum deferral_end outcome;

	supplier->link_status = linked ? "dormant" : NULL;
	chain_wait_for(build, iommu, "clock", chain_device(build, "clock", DEVICE_UNBOUND));
	system = chain_seal(build);
	outcome = chain_deferral(system, "disk").outcome.what;
	system_free(system);
	return outcome;
}

static void only_a_link_makes_a_device_wait_longer_than_the_timer(void **state)
{
	assert_int_equal(outcome_behind_clock(false), DEFERRAL_UNKNOWN);
	/* The kernel gives up the clock; whether the IOMMU works without it is unknown. */
	assert_int_equal(outcome_behind_clock(true), DEFERRAL_UNKNOWN);
}

static void whether_a_driver_can_do_without_a_clock_is_unknown(void **state)
{
	assert_int_equal(outcome_of_clock("quiet", false, false), DEFERRAL_UNKNOWN);
	assert_int_equal(outcome_of_clock("deferred_probe_timeout=-1", false, false),
			 DEFERRAL_NEVER);
	assert_int_equal(outcome_of_clock("quiet", true, false), DEFERRAL_UNKNOWN);
	assert_int_equal(outcome_of_clock("quiet", true, true), DEFERRAL_NEVER);
}

/* The end of a wait for the IOMMU and for @other, which stands @depth links away. */
static enum deferral_end end_with(const struct supplier *other, size_t depth)
{
	_autosystem_ const struct system *system = build_seal(build_new(), 0);
	const struct device device = {.name = "disk", .label = "disk", .state = DEVICE_DEFERRED};
	const struct supplier iommu = {.kind = "iommu", .source = "iommus"};
	const struct link links[] = {
		{.supplier = &iommu}, {.supplier = other, .depth = depth}, {.supplier = &iommu}};
	struct deferral deferral = {.device = &device,
				    .links = links,
				    .link_count = ARRAY_SIZE(links),
				    .cause.finding.code = CODE_IOMMU_NO_DRIVER};

	return deferral_outcome_of(system, &deferral).what;
}

static void each_wait_of_the_device_has_to_end(void **state)
{
	static const struct supplier iommu = {.kind = "iommu", .source = "iommus"};
	static const struct supplier clock = {.kind = "clock", .source = "clocks"};
	static const struct supplier missing = {
		.kind = "clock", .source = "clocks", .missing = true};

	assert_int_equal(end_with(&iommu, 0), DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(end_with(&clock, 0), DEFERRAL_UNKNOWN);
	assert_int_equal(end_with(&missing, 0), DEFERRAL_NEVER);
	/* A wait of the supplier is no wait of the device. */
	assert_int_equal(end_with(&missing, 1), DEFERRAL_RUNS_WITHOUT_IOMMU);
}

static void a_device_with_a_driver_runs_and_one_without_a_link_may(void **state)
{
	_autosystem_ const struct system *system = build_seal(build_new(), 0);
	struct device device = {.name = "disk", .driver = "nvme", .dma = DMA_DIRECT};
	struct deferral deferral = {.device = &device, .cause.finding.code = CODE_IOMMU_NO_DRIVER};

	assert_int_equal(deferral_outcome_of(system, &deferral).what, DEFERRAL_RUNS);
	device.dma = DMA_SHARED_STREAM;
	assert_int_equal(deferral_outcome_of(system, &deferral).what, DEFERRAL_RUNS_WITHOUT_IOMMU);
	device.driver = NULL;
	assert_int_equal(deferral_outcome_of(system, &deferral).what, DEFERRAL_UNKNOWN);
	deferral.cause.finding.code = CODE_MANUAL_BIND_DEFERRED;
	assert_int_equal(deferral_outcome_of(system, &deferral).what, DEFERRAL_NEVER);
}

UNIT(deferral_end)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_link_makes_a_device_wait_longer_than_the_timer),
		cmocka_unit_test(whether_a_driver_can_do_without_a_clock_is_unknown),
		cmocka_unit_test(the_timeout_ends_the_wait_for_an_iommu_of_a_devicetree),
		cmocka_unit_test(after_the_timeout_no_bind_by_hand_is_deferred_for_an_iommu),
		cmocka_unit_test(linux_5_10_gives_up_no_link),
		cmocka_unit_test(linux_before_6_0_has_a_timeout_only_where_one_is_set),
		cmocka_unit_test(newer_kernels_give_up_an_iommu_of_acpi_as_well),
		cmocka_unit_test(to_run_without_its_iommu_is_an_alarm_with_a_time),
		cmocka_unit_test(without_the_whole_log_the_timeout_may_have_expired),
		cmocka_unit_test(a_device_that_outlived_the_timeout_waits_on),
		cmocka_unit_test(each_wait_of_the_device_has_to_end),
		cmocka_unit_test(a_device_with_a_driver_runs_and_one_without_a_link_may),
	};

	return cmocka_run_group_tests(tests, chain_start, chain_end);
}
