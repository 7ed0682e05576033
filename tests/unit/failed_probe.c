/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device whose probe failed is an entry of deferred, and no reason to refuse a move. */
#include "checks/deferral.h"
#include "model/build.h"
#include "support/check.h"

#include <string.h>

static struct device *add_nvme(struct build *build, enum device_state state)
{
	struct device *device =
		build_device(build, "pci", "0000:06:00.0", "/sys/devices/pci0000:00/0000:06:00.0");

	device->driver_known = true;
	device->state = state;
	build_remark(
		build,
		(struct remark){
			.kind = REMARK_PROBE_FAILED,
			.device = "0000:06:00.0",
			.number = 5,
			.text = "nvme 0000:06:00.0: probe with driver nvme failed with error -5"});
	return device;
}

static void the_error_and_the_faults_are_told(void **state)
{
	static const struct fault fault = {.kind = FAULT_TRANSLATION,
					   .device = "06:00.0",
					   .stream = -1,
					   .pasid = -1,
					   .count = 3};
	_autoarena_ struct arena *arena = arena_new();
	struct build *build = build_new();
	struct deferrals found;
	struct deferral ignored;

	add_nvme(build, DEVICE_UNBOUND);
	build_fault(build, &fault);
	{
		_autosystem_ const struct system *system = build_seal(build, FACT_FAULTS);

		found = deferrals(system, NULL, arena);
		assert_int_equal(found.count, 1);
		assert_int_equal(found.items[0].cause.finding.code, CODE_PROBE_FAILED);
		assert_string_equal(
			found.items[0].cause.finding.message,
			"its driver's probe failed: Input/output error; the log has IOMMU "
			"faults of it: translation (3)");
		assert_string_equal(found.items[0].remedy, "iommuctl faults 0000:06:00.0");
		assert_int_equal(found.items[0].outcome.what, DEFERRAL_NEVER);
		assert_false(deferral_of(system, system->devices[0], arena, &ignored));
	}
}

static void without_faults_it_may_be_tried_again(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct build *build = build_new();
	struct deferrals found;

	add_nvme(build, DEVICE_UNBOUND);
	{
		_autosystem_ const struct system *system = build_seal(build, 0);

		found = deferrals(system, NULL, arena);
		assert_int_equal(found.count, 1);
		assert_non_null(strstr(found.items[0].remedy,
				       "echo 0000:06:00.0 > /sys/bus/pci/drivers_probe"));
	}
}

static void a_device_with_a_driver_or_an_override_has_not_failed(void **state)
{
	_autoarena_ struct arena *arena = arena_new();

	for (int i = 0; i < 2; i++) {
		struct build *build = build_new();
		struct device *device = add_nvme(build, i ? DEVICE_UNBOUND : DEVICE_BOUND);

		device->driver = i ? NULL : "nvme";
		device->driver_override = i ? "none" : NULL;
		{
			_autosystem_ const struct system *system = build_seal(build, 0);

			assert_int_equal(deferrals(system, NULL, arena).count, 0);
		}
	}
}

/* Only the faults of the device are told, each kind with its number. */
static void faults_of_other_devices_are_not_told(void **state)
{
	static const struct fault faults[] = {
		{.kind = FAULT_PERMISSION,
		 .device = "07:00.0",
		 .stream = -1,
		 .pasid = -1,
		 .count = 9},
		{.kind = FAULT_TRANSLATION,
		 .device = "06:00.0",
		 .stream = -1,
		 .pasid = -1,
		 .count = 3},
		{.kind = FAULT_PERMISSION,
		 .device = "06:00.0",
		 .stream = -1,
		 .pasid = -1,
		 .count = 2},
	};
	_autoarena_ struct arena *arena = arena_new();
	_autosystem_ const struct system *system = NULL;
	struct build *build = build_new();
	struct deferrals found;

	add_nvme(build, DEVICE_UNKNOWN);
	build_device(build, "pci", "0000:07:00.0", "/sys/devices/pci0000:00/0000:07:00.0")
		->driver_known = true;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		build_fault(build, &faults[i]);
	system = build_seal(build, FACT_FAULTS);
	found = deferrals(system, NULL, arena);
	assert_int_equal(found.count, 1);
	assert_non_null(strstr(found.items[0].cause.finding.message,
			       "IOMMU faults of it: translation (3), permission (2)"));
	assert_null(strstr(found.items[0].cause.finding.message, "(9)"));
}

static void a_device_that_waits_or_whose_driver_is_unknown_has_not_failed(void **state)
{
	_autoarena_ struct arena *arena = arena_new();

	for (int i = 0; i < 2; i++) {
		struct build *build = build_new();
		struct device *device = add_nvme(build, i ? DEVICE_BOUND : DEVICE_UNBOUND);

		device->driver_known = i;
		{
			_autosystem_ const struct system *system = build_seal(build, 0);

			assert_int_equal(deferrals(system, NULL, arena).count, 0);
		}
	}
}

UNIT(failed_probe)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_error_and_the_faults_are_told),
		cmocka_unit_test(without_faults_it_may_be_tried_again),
		cmocka_unit_test(a_device_with_a_driver_or_an_override_has_not_failed),
		cmocka_unit_test(faults_of_other_devices_are_not_told),
		cmocka_unit_test(a_device_that_waits_or_whose_driver_is_unknown_has_not_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
