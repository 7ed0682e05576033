/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of a CXL device that the machine uses. */
#include "model/facts.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define CARD "/sys/devices/pci0000:36/0000:37:00.0"
#define REGION "/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0"
#define CXL                                                                                      \
	"pci 0000:37:00.0 in pci0000:36 group=20 driver=cxl_pci id=8086:0d93 class=50210\n" CARD \
	"/mem0/serial = 0\n"                                                                     \
	"/sys/bus/cxl/devices/mem0 -> ../../../devices/pci0000:36/0000:37:00.0/mem0\n"           \
	"/sys/bus/cxl/devices/region0 -> "                                                       \
	"../../../devices/platform/ACPI0017:00/root0/decoder0.0/region0\n"                       \
	"/sys/bus/cxl/devices/decoder2.0 -> "                                                    \
	"../../../devices/pci0000:36/0000:37:00.0/endpoint2/decoder2.0\n"                        \
	"/sys/bus/cxl/devices/decoder9.0 -> ../../../devices/platform/other/decoder9.0\n"        \
	"/sys/devices/platform/other/decoder9.0/region = region0\n"

static const struct system *snapshot_with(const char *more)
{
	static const char *const paths[] = {CARD, NULL};
	_autofree_ char *tree = NULL;

	assert_true(asprintf(&tree, "%s%s", CXL, more) > 0);
	return snapshot_about(tree, FACT_INTERFACES, paths);
}

static size_t count_uses(const struct system *system)
{
	const struct uses *uses = find_device(system, "0000:37:00.0")->uses;
	size_t count = 0;

	for (size_t i = 0; i < uses->count; i++)
		count += uses->items[i].kind == USE_MEMORY;
	system_free(system);
	return count;
}

static void memory_in_a_region_is_used(void **state)
{
	const struct system *system = snapshot_with(
		CARD "/endpoint2/decoder2.0/region = region0\n" REGION "/commit = 1\n");
	const struct use *use = find_use(find_device(system, "0000:37:00.0"), USE_MEMORY);

	assert_non_null(use);
	assert_string_equal(use->node, "decoder2.0");
	assert_string_equal(use->user, "region0");
	assert_int_equal(count_uses(system), 1);
}

static void memory_of_the_region_may_be_the_machines(void **state)
{
	assert_int_equal(
		count_uses(snapshot_with(
			CARD
			"/endpoint2/decoder2.0/region = region0\n" REGION "/commit = 1\n"
			"/sys/bus/dax/devices/dax0.0 -> ../../../devices/platform/ACPI0017:00/"
			"root0/decoder0.0/region0/dax_region0/dax0.0\n" REGION
			"/dax_region0/dax0.0/driver -> ../../../../../../../../bus/dax/drivers/"
			"kmem\n")),
		2);
}

/* Persistent memory whose dax device was memory of the machine, and has no driver any more. */
static void memory_that_could_not_be_taken_out_is_used(void **state)
{
	static const struct {
		const char *iomem;
		size_t uses;
	} rows[] = {
		{"100000000-11fffffff : dax0.0\\n  108000000-11fffffff : System RAM (kmem)", 1},
		{"100000000-11fffffff : dax0.0\\n120000000-12fffffff : System RAM", 0},
		{"100000000-11fffffff : dax1.0\\n  108000000-11fffffff : System RAM (kmem)", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_autofree_ char *text = NULL;

		assert_true(asprintf(&text,
				     CARD "/virtio2/ndbus0/region0/dax0.1/driver -> "
					  "../../../../../../../../bus/nd/drivers/dax_pmem\n"
					  "/sys/bus/dax/devices/dax0.0 -> ../../../devices/"
					  "pci0000:36/0000:37:00.0/virtio2/ndbus0/region0/dax0.1/"
					  "dax0.0\n" CARD
					  "/virtio2/ndbus0/region0/dax0.1/dax0.0/size = 1\n"
					  "/proc/iomem = %s\n",
				     rows[i].iomem) > 0);
		assert_int_equal(count_uses(snapshot_with(text)), rows[i].uses);
	}
}

static void a_decoder_without_a_region_leaves_the_memory_free(void **state)
{
	assert_int_equal(count_uses(snapshot_with(CARD "/endpoint2/decoder2.0/region = \n")), 0);
	assert_int_equal(
		count_uses(snapshot_with(CARD "/endpoint2/decoder2.0/region = region0\n" REGION
					      "/commit = 0\n")),
		0);
}

static void a_cxl_device_has_its_name(void **state)
{
	_autosystem_ const struct system *system = snapshot_with("");
	const struct device *device = find_device(system, "0000:37:00.0");

	assert_int_equal(device->interface_count, 1);
	assert_string_equal(device->interfaces[0], "mem0");
}

UNIT(memory_uses)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_in_a_region_is_used),
		cmocka_unit_test(memory_of_the_region_may_be_the_machines),
		cmocka_unit_test(memory_that_could_not_be_taken_out_is_used),
		cmocka_unit_test(a_decoder_without_a_region_leaves_the_memory_free),
		cmocka_unit_test(a_cxl_device_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
