/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that others need: as their IOMMU, or because their driver made the others. */
#include "checks/dependents.h"
#include "checks/check_functions.h"
#include "support/scene.h"

#include <string.h>

/* Add a device elsewhere on the machine, in a group of its own. */
static struct device *add(struct scene *scene, const char *bus, const char *path, int group)
{
	struct device *device = build_device(scene->build, bus, strrchr(path, '/') + 1,
					     arena_strdup(scene->arena, path));

	device->driver_known = true;
	if (group >= 0)
		device->group = build_group(scene->build, group);
	return device;
}

/* Make the first device of the scene, or a device below it, the IOMMU "viommu". */
static struct iommu *be_iommu(struct scene *scene, const char *own_path)
{
	struct iommu *iommu = build_iommu(scene->build, "viommu");

	iommu->device = own_path;
	scene->device->iommu = NULL;
	scene->device->group = NULL;
	return iommu;
}

static const struct check *answer_of(struct scene *scene)
{
	scene_ask(scene, check_dependents);
	return scene_find(scene, CHECK_DEPENDENTS);
}

static void expect(struct scene *scene, const char *answer, const char *message)
{
	const struct check *check = answer_of(scene);

	assert_string_equal(answer_word(check), answer);
	assert_string_equal(check->finding.message, message);
	scene_end(scene);
}

#define FREE "no other device exists or does DMA through it"

static void an_ordinary_device_serves_no_other(void **state)
{
	struct scene scene;

	scene_start(&scene, "nvme", "vfio-pci");
	add(&scene, "pci", "/sys/devices/pci0/0000:01:00.01", 8);
	add(&scene, "pci", "/sys/devices/pci0/0000:02:00.0", 9);
	expect(&scene, "pass", FREE);
}

static void an_iommu_is_refused_while_it_has_devices(void **state)
{
	struct scene scene;
	struct iommu *iommu;

	scene_start(&scene, "virtio-pci", NULL);
	iommu = be_iommu(&scene, "/sys/devices/pci0/0000:01:00.0");
	add(&scene, "pci", "/sys/devices/pci0/0000:02:00.0", 9)->iommu = iommu;
	expect(&scene, "final", "it is the IOMMU viommu of 1 devices: 0000:02:00.0");
}

static void an_iommu_without_a_driver_gets_none(void **state)
{
	struct scene scene;
	struct iommu *iommu;

	scene_start(&scene, NULL, "pci-stub");
	iommu = be_iommu(&scene, "/sys/devices/pci0/0000:01:00.0");
	add(&scene, "pci", "/sys/devices/pci0/0000:02:00.0", 9)->iommu = iommu;
	expect(&scene, "final", "it is the IOMMU viommu of 1 devices: 0000:02:00.0");
}

static void devices_below_one_without_a_driver_do_not_need_it(void **state)
{
	struct scene scene;

	scene_start(&scene, NULL, "vfio-pci");
	add(&scene, "pci", "/sys/devices/pci0/0000:01:00.0/0000:02:00.0", 9);
	expect(&scene, "pass", FREE);
}

static void a_device_above_an_iommu_is_refused_too(void **state)
{
	struct scene scene;
	struct iommu *iommu;

	scene_start(&scene, "virtio-pci", NULL);
	iommu = be_iommu(&scene, "/sys/devices/pci0/0000:01:00.0/virtio5");
	for (int i = 1; i < 6; i++)
		add(&scene, "platform",
		    arena_printf(scene.arena, "/sys/devices/platform/%d.dma", i), 20 + i)
			->iommu = iommu;
	expect(&scene, "final",
	       "it is the IOMMU viommu of 5 devices: 1.dma, 2.dma, 3.dma and 2 more");
}

static void a_name_that_starts_alike_is_another_device(void **state)
{
	struct scene scene;

	scene_start(&scene, "virtio-pci", NULL);
	add(&scene, "pci", "/sys/devices/pci0/0000:02:00.0", 9)->iommu =
		be_iommu(&scene, "/sys/devices/pci0/0000:01:00.01");
	expect(&scene, "pass", FREE);
}

static void an_iommu_without_devices_is_free(void **state)
{
	struct scene scene;

	scene_start(&scene, "virtio-pci", NULL);
	be_iommu(&scene, "/sys/devices/pci0/0000:01:00.0");
	expect(&scene, "pass", FREE);
}

static void a_stream_alone_makes_a_bound_device_depend(void **state)
{
	struct scene scene;
	struct device *device;
	struct iommu *iommu;

	scene_start(&scene, "arm-smmu", NULL);
	iommu = be_iommu(&scene, "/sys/devices/pci0/0000:01:00.0");
	device = add(&scene, "platform", "/sys/devices/platform/1.dma", -1);
	device->driver = "dma";
	build_stream(scene.build, device)->iommu = iommu;
	build_stream(scene.build, add(&scene, "platform", "/sys/devices/platform/2.dma", -1))
		->iommu = iommu;
	expect(&scene, "final", "it is the IOMMU viommu of 1 devices: 1.dma");
}

static void the_parent_of_devices_is_refused(void **state)
{
	struct scene scene;

	scene_start(&scene, "vmd", "vfio-pci");
	scene.device->class = 0x010400;
	add(&scene, "pci", "/sys/devices/pci0/0000:01:00.0/pci10000:e0/10000:e0:01.0", 9);
	expect(&scene, "final", "1 devices exist only while its driver is bound: 10000:e0:01.0");
}

static void a_function_that_its_driver_made_is_no_other_device(void **state)
{
	struct scene scene;

	scene_start(&scene, "lpc_ich", NULL);
	add(&scene, "platform", "/sys/devices/pci0/0000:01:00.0/iTCO_wdt.1.auto", -1);
	add(&scene, "virtio", "/sys/devices/pci0/0000:01:00.0/virtio0", -1);
	expect(&scene, "pass", FREE);
}

static void a_bridge_leaves_the_devices_behind_it(void **state)
{
	struct scene scene;

	scene_start(&scene, "pcieport", NULL);
	scene.device->class = 0x060400;
	add(&scene, "pci", "/sys/devices/pci0/0000:01:00.0/0000:02:00.0", 9);
	expect(&scene, "pass", FREE);
}

static void where_iommus_cannot_be_read_nothing_is_free(void **state)
{
	struct scene scene;

	scene_start(&scene, "nvme", NULL);
	scene.iommus_denied = true;
	assert_string_equal(answer_word(answer_of(&scene)), "unknown");
	scene_end(&scene);
}

/* A device is behind each IOMMU of its group, and each that it has a stream at. */
static void an_iommu_beside_others_has_its_devices_too(void **state)
{
	struct scene scene;
	struct iommu *iommu;
	struct device *device;
	struct stream *stream;

	scene_start(&scene, "virtio-pci", NULL);
	iommu = be_iommu(&scene, "/sys/devices/pci0/0000:01:00.0");
	device = add(&scene, "pci", "/sys/devices/pci0/0000:02:00.0", -1);
	device->driver = "nvme";
	build_stream(scene.build, device)->iommu = build_find_iommu(scene.build, "dmar0");
	stream = build_stream(scene.build, device);
	stream->iommu = iommu;
	expect(&scene, "final", "it is the IOMMU viommu of 1 devices: 0000:02:00.0");
}

/* A device with driver, stream and group at an IOMMU that is not the one that is unbound. */
static void a_device_of_another_iommu_does_not_depend(void **state)
{
	struct scene scene;
	struct device *device;

	scene_start(&scene, "virtio-pci", NULL);
	be_iommu(&scene, "/sys/devices/pci0/0000:01:00.0");
	device = add(&scene, "pci", "/sys/devices/pci0/0000:02:00.0", 9);
	device->driver = "nvme";
	device->iommu = build_find_iommu(scene.build, "dmar0");
	build_stream(scene.build, device)->iommu = build_find_iommu(scene.build, "dmar0");
	expect(&scene, "pass", FREE);
}

static void iommus_are_known_once_their_class_was_looked_for(void **state)
{
	static const struct {
		enum source_state state;
		bool known;
	} rows[] = {{SOURCE_READ, true}, {SOURCE_ABSENT, true}, {SOURCE_DENIED, false}};
	struct system system = {0};

	assert_false(iommus_are_known(&system));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct source source = {.name = "iommu_class", .state = rows[i].state};

		system.sources = &source;
		system.source_count = 1;
		assert_int_equal(iommus_are_known(&system), rows[i].known);
	}
}

UNIT(dependents)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_device_serves_no_other),
		cmocka_unit_test(an_iommu_is_refused_while_it_has_devices),
		cmocka_unit_test(an_iommu_without_a_driver_gets_none),
		cmocka_unit_test(devices_below_one_without_a_driver_do_not_need_it),
		cmocka_unit_test(a_device_above_an_iommu_is_refused_too),
		cmocka_unit_test(a_name_that_starts_alike_is_another_device),
		cmocka_unit_test(an_iommu_without_devices_is_free),
		cmocka_unit_test(a_stream_alone_makes_a_bound_device_depend),
		cmocka_unit_test(the_parent_of_devices_is_refused),
		cmocka_unit_test(a_function_that_its_driver_made_is_no_other_device),
		cmocka_unit_test(a_bridge_leaves_the_devices_behind_it),
		cmocka_unit_test(where_iommus_cannot_be_read_nothing_is_free),
		cmocka_unit_test(an_iommu_beside_others_has_its_devices_too),
		cmocka_unit_test(a_device_of_another_iommu_does_not_depend),
		cmocka_unit_test(iommus_are_known_once_their_class_was_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
