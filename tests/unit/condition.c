/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions of a wait: their words, when each holds, and when a condition is impossible. */
#include "checks/condition.h"
#include "model/facts.h"
#include "support/check.h"

#include <errno.h>
#include <string.h>

static const struct condition probed = {CONDITION_PROBED, NULL};
static const struct condition on_vfio_pci = {CONDITION_DRIVER, "vfio-pci"};
static const struct condition grouped = {CONDITION_GROUP, NULL};
static const struct condition vfio = {CONDITION_VFIO, NULL};

static void the_four_conditions_are_understood(void **state)
{
	struct condition condition;
	struct error error;

	assert_int_equal(condition_parse("probed", &condition, &error), 0);
	assert_int_equal(condition.kind, CONDITION_PROBED);
	assert_int_equal(condition_parse("group", &condition, &error), 0);
	assert_int_equal(condition.kind, CONDITION_GROUP);
	assert_int_equal(condition_parse("vfio", &condition, &error), 0);
	assert_int_equal(condition.kind, CONDITION_VFIO);
	assert_int_equal(condition_parse("driver=vfio-pci", &condition, &error), 0);
	assert_int_equal(condition.kind, CONDITION_DRIVER);
	assert_string_equal(condition.driver, "vfio-pci");
}

static void refuses(const char *text)
{
	struct condition condition = vfio;
	struct error error;

	assert_int_equal(condition_parse(text, &condition, &error), -EINVAL);
	assert_int_equal(error.code, ERROR_USAGE);
	assert_int_equal(condition.kind, CONDITION_VFIO);
}

static void any_other_word_is_a_mistake(void **state)
{
	char name[sizeof("driver=") + 256] = "driver=";
	struct condition condition;
	struct error error;

	refuses("");
	refuses("driver");
	refuses("driver=");
	refuses("driver=../etc");
	refuses("probed ");
	refuses("Group");
	memset(name + strlen(name), 'x', 255);
	assert_int_equal(condition_parse(name, &condition, &error), 0);
	name[strlen(name)] = 'x';
	refuses(name);
}

static void each_condition_reads_no_more_than_it_needs(void **state)
{
	assert_int_equal(condition_facts(&grouped), 0);
	assert_int_equal(condition_facts(&probed), FACT_IDS);
	assert_int_equal(condition_facts(&vfio), FACT_IDS | FACT_VFIO);
}

static void a_phrase_names_the_driver(void **state)
{
	char text[64];

	assert_string_equal(condition_phrase(&on_vfio_pci, text, sizeof(text)),
			    "get the driver vfio-pci");
	assert_string_equal(condition_phrase(&grouped, text, sizeof(text)), "join a group");
}

static void probed_is_a_driver(void **state)
{
	struct device device = {.driver_known = true};

	assert_int_equal(condition_holds(&probed, &device), ANSWER_NO);
	device.driver = "e1000e";
	assert_int_equal(condition_holds(&probed, &device), ANSWER_YES);
	assert_int_equal(condition_holds(&on_vfio_pci, &device), ANSWER_NO);
	device.driver = "vfio-pci";
	assert_int_equal(condition_holds(&on_vfio_pci, &device), ANSWER_YES);
}

static void a_driver_that_could_not_be_read_is_no_answer(void **state)
{
	struct group group = {.vfio_node = "/dev/vfio/1"};
	struct device device = {.group = &group};

	assert_int_equal(condition_holds(&probed, &device), ANSWER_UNKNOWN);
	assert_int_equal(condition_holds(&on_vfio_pci, &device), ANSWER_UNKNOWN);
	assert_int_equal(condition_holds(&vfio, &device), ANSWER_UNKNOWN);
	assert_int_equal(condition_holds(&grouped, &device), ANSWER_YES);
}

static void vfio_is_a_vfio_driver_and_a_node(void **state)
{
	struct group group = {.vfio_node = "/dev/vfio/1"};
	struct device device = {.driver_known = true, .driver = "vfio-pci"};

	assert_int_equal(condition_holds(&vfio, &device), ANSWER_NO);
	device.group = &group;
	assert_int_equal(condition_holds(&vfio, &device), ANSWER_YES);
	/* The group's node exists because of another member. */
	device.driver = "e1000e";
	assert_int_equal(condition_holds(&vfio, &device), ANSWER_NO);
	/* An unknown driver with a vfio-dev entry, and a group without a node. */
	device = (struct device){.driver_known = true, .driver = "acme", .vfio_dev = "vfio0"};
	assert_int_equal(condition_holds(&vfio, &device), ANSWER_NO);
	device.vfio_cdev = true;
	assert_int_equal(condition_holds(&vfio, &device), ANSWER_YES);
}

static struct deferral waiting_for(const struct device *device, enum finding_code code,
				   enum deferral_end outcome)
{
	return (struct deferral){.device = device,
				 .cause = {.finding = {.code = code}},
				 .outcome = {.what = outcome}};
}

static void a_device_that_will_not_probe_is_hopeless_for_every_condition(void **state)
{
	const struct device device = {.driver_known = true, .state = DEVICE_DEFERRED};
	struct deferral never = waiting_for(&device, CODE_IOMMU_DISABLED, DEFERRAL_NEVER);
	struct deferral perhaps = waiting_for(&device, CODE_UNKNOWN, DEFERRAL_UNKNOWN);
	struct deferral soon = waiting_for(&device, CODE_UNKNOWN, DEFERRAL_PROBES);
	const struct condition *const all[] = {&probed, &on_vfio_pci, &grouped, &vfio};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		assert_true(condition_is_hopeless(all[i], &never, false));
		assert_true(condition_is_hopeless(all[i], &never, true));
		assert_false(condition_is_hopeless(all[i], &perhaps, false));
		assert_false(condition_is_hopeless(all[i], &soon, false));
	}
}

static void a_device_that_will_run_without_its_iommu_gets_no_group(void **state)
{
	const struct device device = {.driver_known = true, .state = DEVICE_DEFERRED};
	struct deferral alone =
		waiting_for(&device, CODE_IOMMU_NO_DRIVER, DEFERRAL_RUNS_WITHOUT_IOMMU);

	assert_true(condition_is_hopeless(&grouped, &alone, false));
	assert_false(condition_is_hopeless(&probed, &alone, false));
}

static void a_missing_module_counts_only_when_udev_is_done(void **state)
{
	const struct device device = {.driver_known = true, .state = DEVICE_DEFERRED};
	struct deferral iommu = waiting_for(&device, CODE_IOMMU_MODULE_NOT_LOADED, DEFERRAL_NEVER);
	struct deferral clock =
		waiting_for(&device, CODE_SUPPLIER_MODULE_NOT_LOADED, DEFERRAL_NEVER);
	struct deferral blacklisted =
		waiting_for(&device, CODE_IOMMU_MODULE_BLACKLISTED, DEFERRAL_NEVER);

	assert_false(condition_is_hopeless(&probed, &iommu, true));
	assert_false(condition_is_hopeless(&probed, &clock, true));
	assert_true(condition_is_hopeless(&probed, &iommu, false));
	assert_true(condition_is_hopeless(&probed, &clock, false));
	assert_true(condition_is_hopeless(&probed, &blacklisted, true));
}

static void a_bound_device_that_has_no_iommu_gets_no_group(void **state)
{
	struct device device = {
		.label = "disk", .driver = "nvme", .driver_known = true, .dma = DMA_DIRECT};

	assert_true(condition_is_barred(&grouped, &device, ANSWER_YES));
	/* It may be unknown whether firmware names an IOMMU, and a driver may still be bound. */
	device.dma = DMA_UNKNOWN;
	assert_false(condition_is_barred(&grouped, &device, ANSWER_NO));
	device.dma = DMA_DIRECT;
	device.driver = NULL;
	assert_false(condition_is_barred(&grouped, &device, ANSWER_NO));
}

static void vfio_serves_no_device_that_gets_no_group(void **state)
{
	struct group group = {.id = 1};
	struct device device = {
		.label = "disk", .bus = "pci", .driver_known = true, .dma = DMA_DIRECT};

	assert_true(condition_is_barred(&vfio, &device, ANSWER_NO));
	/* In no-IOMMU mode VFIO makes a group; the mode, firmware or the group may be unknown. */
	assert_false(condition_is_barred(&vfio, &device, ANSWER_YES));
	assert_false(condition_is_barred(&vfio, &device, ANSWER_UNKNOWN));
	device.dma = DMA_UNKNOWN;
	assert_false(condition_is_barred(&vfio, &device, ANSWER_NO));
	device.dma = DMA_DIRECT;
	device.group_unknown = true;
	assert_false(condition_is_barred(&vfio, &device, ANSWER_NO));
	device.group_unknown = false;
	device.group = &group;
	assert_false(condition_is_barred(&vfio, &device, ANSWER_NO));
}

static void a_device_bound_without_its_iommu_gets_no_group(void **state)
{
	struct device device = {.driver_known = true, .driver = "e1000e", .dma = DMA_LOST};
	struct deferral lost = waiting_for(&device, CODE_BOUND_WITHOUT_IOMMU, DEFERRAL_NEVER);

	assert_true(condition_is_hopeless(&grouped, &lost, false));
	device.dma = DMA_SHARED_STREAM;
	assert_true(condition_is_hopeless(&grouped, &lost, false));
	/* Another driver may be bound at any time, and with it the device joins its group. */
	assert_false(condition_is_hopeless(&on_vfio_pci, &lost, false));
	assert_false(condition_is_hopeless(&vfio, &lost, false));
	device.dma = DMA_UNKNOWN;
	assert_false(condition_is_hopeless(&grouped, &lost, false));
}

static void what_is_missing_holds_for_no_condition_of_a_driver(void **state)
{
	const struct group group = {.id = 7};
	struct device device = {.driver_known = true};

	assert_int_equal(condition_holds(&on_vfio_pci, &device), ANSWER_NO);
	assert_int_equal(condition_holds(&vfio, &device), ANSWER_NO);
	/* The driver is bound, and the node of the group is still to come. */
	device.driver = "vfio-pci";
	assert_int_equal(condition_holds(&on_vfio_pci, &device), ANSWER_YES);
	assert_int_equal(condition_holds(&vfio, &device), ANSWER_NO);
	device.group = &group;
	assert_int_equal(condition_holds(&vfio, &device), ANSWER_NO);
}

UNIT(condition)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_conditions_are_understood),
		cmocka_unit_test(any_other_word_is_a_mistake),
		cmocka_unit_test(each_condition_reads_no_more_than_it_needs),
		cmocka_unit_test(a_phrase_names_the_driver),
		cmocka_unit_test(probed_is_a_driver),
		cmocka_unit_test(a_driver_that_could_not_be_read_is_no_answer),
		cmocka_unit_test(vfio_is_a_vfio_driver_and_a_node),
		cmocka_unit_test(a_device_that_will_not_probe_is_hopeless_for_every_condition),
		cmocka_unit_test(a_device_that_will_run_without_its_iommu_gets_no_group),
		cmocka_unit_test(a_missing_module_counts_only_when_udev_is_done),
		cmocka_unit_test(a_bound_device_that_has_no_iommu_gets_no_group),
		cmocka_unit_test(vfio_serves_no_device_that_gets_no_group),
		cmocka_unit_test(a_device_bound_without_its_iommu_gets_no_group),
		cmocka_unit_test(what_is_missing_holds_for_no_condition_of_a_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
