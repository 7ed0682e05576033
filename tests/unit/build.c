/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/build.h"
#include "support/check.h"

#include <string.h>

static void members_are_linked_and_sorted(void **state)
{
	struct build *build = build_new();
	struct group *ten = build_group(build, 10), *two = build_group(build, 2);
	const struct system *system;

	build_device(build, "pci", "0000:00:02.0", "/sys/devices/b")->group = ten;
	build_device(build, "pci", "0000:00:01.0", "/sys/devices/a")->group = ten;
	build_device(build, "pci", "0000:00:03.0", "/sys/devices/c")->group = two;
	system = build_seal(build, 0);
	assert_int_equal(system->group_count, 2);
	assert_int_equal(system->groups[0]->id, 2);
	assert_int_equal(system->groups[1]->device_count, 2);
	assert_string_equal(system->groups[1]->devices[0]->name, "0000:00:01.0");
	assert_ptr_equal(system_group(system, 10), system->groups[1]);
	assert_null(system_group(system, 3));
	for (size_t i = 0; i < system->device_count; i++)
		assert_int_equal(system->devices[i]->index, i);
	system_free(system);
}

static void devices_sort_by_hexadecimal_addresses(void **state)
{
	static const char *const names[] = {"0000:0c:00.0", "0000:00:08.0", "0000:10:00.0",
					    "0000:0a:00.0", "0000:09:00.0"};
	static const char *const sorted[] = {"0000:00:08.0", "0000:09:00.0", "0000:0a:00.0",
					     "0000:0c:00.0", "0000:10:00.0"};
	struct build *build = build_new();
	const struct system *system;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		build_device(build, "pci", names[i], names[i]);
	system = build_seal(build, 0);
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		assert_string_equal(system->devices[i]->name, sorted[i]);
	system_free(system);
}

static void a_name_on_two_buses_carries_its_bus(void **state)
{
	struct build *build = build_new();
	const struct system *system;

	build_device(build, "platform", "twin", "/sys/devices/platform/twin");
	build_device(build, "platform", "other", "/sys/devices/platform/other");
	build_device(build, "amba", "twin", "/sys/devices/amba/twin");
	system = build_seal(build, 0);
	assert_string_equal(system->devices[0]->label, "amba:twin");
	assert_string_equal(system->devices[1]->label, "other");
	assert_string_equal(system->devices[2]->label, "platform:twin");
	assert_string_equal(system->devices[2]->name, "twin");
	system_free(system);
}

/* A group of two devices behind one IOMMU, added in the given order and with the given number. */
static const struct system *pair(int number, bool reverse, const char *iommu_identity)
{
	static const char *const paths[] = {"/sys/devices/pci0000:00/a",
					    "/sys/devices/pci0000:00/b"};
	struct build *build = build_new();
	struct group *group = build_group(build, number);
	struct iommu *iommu = build_iommu(build, reverse ? "dmar1" : "dmar0");

	iommu->identity = iommu_identity;
	for (int i = 0; i < 2; i++) {
		const char *path = paths[reverse ? 1 - i : i];
		struct device *device = build_device(build, "pci", path, path);

		device->group = group;
		device->iommu = iommu;
	}
	return build_seal(build, FACT_IOMMUS | FACT_FINGERPRINT);
}

static void a_fingerprint_outlives_renumbering(void **state)
{
	const struct system *one = pair(3, false, "dmar@fed90000"),
			    *other = pair(7, true, "dmar@fed90000");

	assert_string_equal(one->groups[0]->fingerprint, other->groups[0]->fingerprint);
	system_free(one);
	system_free(other);
}

static void another_iommu_is_another_group(void **state)
{
	const struct system *one = pair(3, false, "dmar@fed90000"),
			    *other = pair(3, false, "dmar@fed91000");

	assert_string_not_equal(one->groups[0]->fingerprint, other->groups[0]->fingerprint);
	system_free(one);
	system_free(other);
}

static void the_device_above_a_path_is_the_nearest(void **state)
{
	_autobuild_ struct build *build = build_new();
	struct device *port = build_device(build, "pci", "port", "/sys/devices/pci/port");
	struct device *disk = build_device(build, "pci", "disk", "/sys/devices/pci/port/disk");

	assert_ptr_equal(build_find_above(build, "/sys/devices/pci/port/disk/nvme/nvme0"), disk);
	assert_ptr_equal(build_find_above(build, "/sys/devices/pci/port/disk"), disk);
	assert_ptr_equal(build_find_above(build, "/sys/devices/pci/port/diskette"), port);
	assert_null(build_find_above(build, "/sys/devices/pci"));
	assert_null(build_find_above(build, ""));
}

static void domains_decide_whether_dma_is_translated(void **state)
{
	static const struct {
		const char *type;
		enum device_dma dma;
	} cases[] = {{"DMA", DMA_TRANSLATED},	 {"DMA-FQ", DMA_TRANSLATED},
		     {"identity", DMA_IDENTITY}, {"blocked", DMA_BLOCKED},
		     {"unmanaged", DMA_UNKNOWN}, {NULL, DMA_UNKNOWN}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct build *build = build_new();
		struct group *group = build_group(build, 1);
		const struct system *system;

		group->type = cases[i].type;
		build_device(build, "pci", "x", "/sys/devices/x")->group = group;
		system = build_seal(build, 0);
		assert_int_equal(system->devices[0]->dma, cases[i].dma);
		system_free(system);
	}
}

static void an_unsealed_build_can_be_dropped(void **state)
{
	struct build *build = build_new();

	build_device(build, "pci", "x", "/sys/devices/x");
	build_free(build);
	build_free(NULL);
	system_free(NULL);
}

UNIT(build)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_linked_and_sorted),
		cmocka_unit_test(devices_sort_by_hexadecimal_addresses),
		cmocka_unit_test(a_name_on_two_buses_carries_its_bus),
		cmocka_unit_test(a_fingerprint_outlives_renumbering),
		cmocka_unit_test(another_iommu_is_another_group),
		cmocka_unit_test(the_device_above_a_path_is_the_nearest),
		cmocka_unit_test(domains_decide_whether_dma_is_translated),
		cmocka_unit_test(an_unsealed_build_can_be_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
