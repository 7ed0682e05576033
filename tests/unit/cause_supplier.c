/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Causes of one supplier that is not ready: its module, its driver, its own probe. */
#include "checks/cause.h"
#include "model/build.h"
#include "support/check.h"

#include <string.h>

static struct arena *arena;
static struct build *build;
static struct device *device;
static struct probing *probing;
static struct supplier supplier;

static int start(void **state)
{
	arena = arena_new();
	build = build_new();
	device = build_device(build, "platform", "a0.clk", "/sys/devices/platform/a0.clk");
	device->driver_known = true;
	device->state = DEVICE_UNBOUND;
	probing = build_probing(build, device);
	probing->modalias = "of:NclkT(null)Cacme,clk";
	supplier = (struct supplier){
		.kind = "clock", .source = "clocks", .name = "a0.clk", .device = device};
	return 0;
}

static int end(void **state)
{
	arena_free(arena);
	return 0;
}

static void expect(const char *code, const char *words)
{
	const struct system *system = build_seal(build, FACT_SUPPLIERS);
	struct cause cause = cause_of_supplier(system, &supplier, arena);

	assert_string_equal(code_kinds[cause.finding.code].word, code);
	if (!strstr(cause.finding.message, words))
		fail_msg("\"%s\" is not in \"%s\"", words, cause.finding.message);
	system_free(system);
}

static void claimed_by(const struct module *modules, size_t count)
{
	probing->modules = modules;
	probing->module_count = count;
	probing->modules_known = true;
}

static void a_module_that_is_not_blacklisted_is_the_one_to_load(void **state)
{
	static const struct module modules[] = {
		{.name = "old_clk", .state = MODULE_NOT_LOADED, .blacklisted = true},
		{.name = "acme_clk", .state = MODULE_NOT_LOADED},
		{.name = "late_clk", .state = MODULE_NOT_LOADED},
	};

	claimed_by(modules, 3);
	expect("supplier_module_not_loaded", "acme_clk");
}

static void the_first_of_modules_that_are_all_blacklisted_counts(void **state)
{
	static const struct module modules[] = {
		{.name = "old_clk", .state = MODULE_NOT_LOADED, .blacklisted = true},
		{.name = "new_clk", .state = MODULE_NOT_LOADED, .blacklisted = true},
	};

	claimed_by(modules, 2);
	expect("supplier_module_blacklisted", "old_clk");
}

static void a_module_that_is_loaded_did_not_take_it(void **state)
{
	static const struct module modules[] = {
		{.name = "acme_clk", .state = MODULE_NOT_LOADED},
		{.name = "live_clk", .state = MODULE_LIVE},
	};

	claimed_by(modules, 2);
	expect("supplier_probe_failed", "live_clk");
}

static void without_any_module_no_driver_of_this_kernel_is_for_it(void **state)
{
	claimed_by(NULL, 0);
	expect("supplier_no_driver", "");
}

static void an_index_that_was_not_read_leaves_the_driver_unknown(void **state)
{
	expect("unknown", "cannot be read");
}

static void a_failure_in_the_log_tells_that_a_driver_tried(void **state)
{
	build_remark(build, (struct remark){.kind = REMARK_PROBE_FAILED,
					    .device = "a0.clk",
					    .text = "probe with driver clk failed with error -22"});
	expect("supplier_probe_failed", "-22");
}

static void a_supplier_without_a_device_was_not_made_by_the_kernel(void **state)
{
	supplier.device = NULL;
	expect("unknown", "no device");
}

static void add_failed_probe(const char *name, const char *text)
{
	if (text)
		build_remark(
			build,
			(struct remark){.kind = REMARK_PROBE_FAILED, .device = name, .text = text});
}

static void an_iommu_without_a_name_is_sought_in_the_log(void **state)
{
	static const char new[] = "riscv-iommu a: probe with driver riscv,iommu failed with error";
	static const char old[] = "riscv,iommu: probe of b failed with error -22";
	static const char other[] = "x b: probe with driver riscv,iommus failed with error -22";
	static const struct {
		const char *name, *first, *second, *code, *words;
	} rows[] = {
		{"riscv-iommu@0x3010000", new, other, "iommu_probe_failed", new},
		{"riscv-iommu@0x3010000", NULL, old, "iommu_probe_failed", old},
		{"riscv-iommu@0x3010000", new, old, "unknown", "address alone"},
		{"riscv-iommu@0x3010000", NULL, other, "unknown", "address alone"},
		{"smmu3.0x0000000009050000", new, NULL, "unknown", "address alone"},
		{"riscv-iommu@0000:00:01.0", new, NULL, "unknown", "no device"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (i) {
			end(NULL);
			start(NULL);
		}
		supplier =
			(struct supplier){.kind = "iommu", .source = "rimt", .name = rows[i].name};
		add_failed_probe("a", rows[i].first);
		add_failed_probe("b", rows[i].second);
		expect(rows[i].code, rows[i].words);
	}
}

/* Two IOMMUs may each be the one of the log. */
static void a_line_that_may_be_of_two_iommus_is_of_none(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		struct iommu *iommu = build_iommu(build, i ? "riscv-iommu@0x2" : "riscv-iommu@0x1");

		iommu->kind = IOMMU_KIND_RISCV;
		iommu->state = IOMMU_UNKNOWN;
	}
	add_failed_probe("a", "x a: probe with driver riscv,iommu failed with error -22");
	supplier = (struct supplier){.kind = "iommu", .source = "rimt", .name = "riscv-iommu@0x1"};
	expect("unknown", "address alone");
}

static void a_bound_iommu_that_is_not_registered_failed(void **state)
{
	device->driver = "arm-smmu";
	device->state = DEVICE_BOUND;
	supplier.kind = "iommu";
	supplier.source = "iommus";
	expect("iommu_probe_failed", "arm-smmu");
}

static void a_supplier_that_is_deferred_itself_tells_its_reason(void **state)
{
	device->state = DEVICE_DEFERRED;
	probing->reason = "acme: no firmware yet";
	expect("unknown", "acme: no firmware yet");
}

static void a_supplier_that_is_deferred_without_a_reason_is_unknown(void **state)
{
	device->state = DEVICE_DEFERRED;
	expect("unknown", "deferred");
}

static void a_disabled_supplier_is_told_so(void **state)
{
	supplier.disabled = true;
	supplier.device = NULL;
	supplier.name = "/clk@a0";
	expect("supplier_disabled", "disabled");
}

static void without_facts_about_its_probe_its_driver_is_unknown(void **state)
{
	device->probing = NULL;
	expect("unknown", "its driver is unknown");
}

static void deferred_without_facts_about_its_probe_it_has_no_reason(void **state)
{
	device->probing = NULL;
	device->state = DEVICE_DEFERRED;
	expect("unknown", "the kernel does not say why");
}

static void the_log_tells_why_a_bound_iommu_is_not_registered(void **state)
{
	build_remark(build, (struct remark){.kind = REMARK_IOMMU_FAILED,
					    .device = "a0.clk",
					    .text = "Failed to register iommu in sysfs"});
	a_bound_iommu_that_is_not_registered_failed(state);
}

struct pending_row {
	const char *list, *driver;
	enum source_state list_state;
	enum device_state state;
	bool driver_unknown, counts;
};

static void check_pending(const struct pending_row *row)
{
	struct build *machine = build_new();
	struct device *disk = build_device(machine, "platform", "disk", "/sys/devices/disk");
	_autosystem_ const struct system *system = NULL;

	disk->state = row->state;
	disk->driver = row->driver;
	disk->driver_known = !row->driver_unknown;
	if (row->list)
		build_source(machine, row->list, row->list_state, NULL);
	build_remark(machine, (struct remark){.kind = REMARK_PENDING,
					      .device = "disk",
					      .text = "deferred probe pending"});
	system = build_seal(machine, 0);
	assert_int_equal(remark_pending(system, system->devices[0]) != NULL, row->counts);
}

static void a_line_about_a_pending_probe_counts_where_nothing_newer_is_known(void **state)
{
	static const char list[] = "devices_deferred";
	static const struct pending_row rows[] = {
		{NULL, NULL, SOURCE_READ, DEVICE_UNKNOWN, .counts = true},
		{list, NULL, SOURCE_DENIED, DEVICE_UNKNOWN, .counts = true},
		{list, NULL, SOURCE_READ, DEVICE_UNKNOWN},
		{list, NULL, SOURCE_PARTIAL, DEVICE_UNKNOWN},
		{NULL, NULL, SOURCE_READ, DEVICE_UNBOUND},
		{NULL, "nvme", SOURCE_READ, DEVICE_UNKNOWN},
		{NULL, NULL, SOURCE_READ, DEVICE_UNKNOWN, .driver_unknown = true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_pending(&rows[i]);
}

UNIT(cause_supplier)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(a_module_that_is_not_blacklisted_is_the_one_to_load),
		TEST(the_first_of_modules_that_are_all_blacklisted_counts),
		TEST(a_module_that_is_loaded_did_not_take_it),
		TEST(without_any_module_no_driver_of_this_kernel_is_for_it),
		TEST(an_index_that_was_not_read_leaves_the_driver_unknown),
		TEST(a_failure_in_the_log_tells_that_a_driver_tried),
		TEST(a_supplier_without_a_device_was_not_made_by_the_kernel),
		TEST(an_iommu_without_a_name_is_sought_in_the_log),
		TEST(a_line_that_may_be_of_two_iommus_is_of_none),
		TEST(a_bound_iommu_that_is_not_registered_failed),
		TEST(a_supplier_that_is_deferred_itself_tells_its_reason),
		TEST(a_supplier_that_is_deferred_without_a_reason_is_unknown),
		TEST(a_disabled_supplier_is_told_so),
		TEST(without_facts_about_its_probe_its_driver_is_unknown),
		TEST(deferred_without_facts_about_its_probe_it_has_no_reason),
		TEST(the_log_tells_why_a_bound_iommu_is_not_registered),
		cmocka_unit_test(a_line_about_a_pending_probe_counts_where_nothing_newer_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
