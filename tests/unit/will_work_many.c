/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that name several devices, functions or processes: the first three, and the number of the
 * others. */
#include "checks/check_functions.h"
#include "support/scene.h"

#include <stdio.h>
#include <string.h>

typedef void shape(struct scene *scene);

/* The answer as "word: message", of a device that goes from driver @now to @next. */
static const char *answer(enum check_id id, const char *now, const char *next, shape *make)
{
	static char text[1024];
	const struct check *check;
	struct scene scene;

	scene_start(&scene, now, next);
	make(&scene);
	scene_ask(&scene, check_kinds[id].ask);
	check = scene_find(&scene, id);
	snprintf(text, sizeof(text), "%s: %s", answer_word(check),
		 check ? check->finding.message : "");
	scene_end(&scene);
	return text;
}

static void expect(const char *answer, const char *word, const char *part)
{
	if (strncmp(answer, word, strlen(word)) != 0 || !strstr(answer, part))
		fail_msg("\"%s\" has no \"%s\" and \"%s\"", answer, word, part);
}

static void siblings(struct scene *scene, size_t count, const char *driver)
{
	for (size_t i = 1; i <= count; i++)
		scene_sibling(scene, arena_printf(scene->arena, "0000:01:00.%zu", i), driver);
}

static void two_siblings(struct scene *scene)
{
	siblings(scene, 2, "nvme");
}

static void five_siblings(struct scene *scene)
{
	siblings(scene, 5, "nvme");
}

static void sibling_with_a_driver_that_is_unread(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", NULL)->driver_known = false;
}

static void five_siblings_with_group(struct scene *scene)
{
	five_siblings(scene);
	scene->handover.with_group = true;
}

static void members_in_the_way_are_named_up_to_three(void **state)
{
	expect(answer(CHECK_VIABLE, "e1000e", "vfio-pci", two_siblings), "refuse",
	       ": 0000:01:00.1 (nvme), 0000:01:00.2 (nvme)");
	expect(answer(CHECK_VIABLE, "e1000e", "vfio-pci", five_siblings), "refuse",
	       "0000:01:00.3 (nvme) and 2 more");
	expect(answer(CHECK_VIABLE, "e1000e", "vfio-pci", five_siblings_with_group), "refuse",
	       " and 2 more");
	expect(answer(CHECK_VIABLE, "e1000e", "vfio-pci", sibling_with_a_driver_that_is_unread),
	       "unknown", "0000:01:00.1 (driver unknown)");
}

static void bus_reset(struct scene *scene)
{
	scene->traits->reset_methods = "bus";
	scene->traits->can_reset = ANSWER_YES;
}

static void bus_reset_of_three(struct scene *scene)
{
	bus_reset(scene);
	two_siblings(scene);
}

static void bus_reset_of_six(struct scene *scene)
{
	bus_reset(scene);
	five_siblings(scene);
}

static struct device *add_bound(struct scene *scene, const char *bus, const char *path)
{
	struct device *device = build_device(scene->build, bus, strrchr(path, '/') + 1, path);

	device->driver = "nvme";
	device->driver_known = true;
	return device;
}

static void bus_reset_beside_other_buses(struct scene *scene)
{
	bus_reset(scene);
	add_bound(scene, "platform", "/sys/devices/pci0/a0.x");
	add_bound(scene, "pci", "/sys/devices/pci9/0000:09:00.0");
}

static void devices_that_a_reset_hits_are_named_up_to_three(void **state)
{
	expect(answer(CHECK_RESET, "e1000e", "vfio-pci", bus_reset_of_three), "warning",
	       "0000:01:00.1, 0000:01:00.2");
	expect(answer(CHECK_RESET, "e1000e", "vfio-pci", bus_reset_of_six), "warning",
	       "0000:01:00.3 and 2 more");
	expect(answer(CHECK_RESET, "e1000e", "vfio-pci", bus_reset_beside_other_buses), "pass", "");
}

/* A module that would take @count devices. */
static void takes(struct scene *scene, size_t count, bool known_why)
{
	static const struct module module = {.name = "vfio_pci", .state = MODULE_NOT_LOADED};
	static const char *const why[] = {"ids=8086:10d3", NULL, NULL, NULL, NULL};
	struct driver *driver = build_driver(scene->build, "pci", "vfio-pci");
	const struct device **devices = arena_array(scene->arena, count, sizeof(*devices));

	for (size_t i = 0; i < count; i++)
		devices[i] = scene_sibling(
			scene, arena_printf(scene->arena, "0000:01:00.%zu", i + 1), NULL);
	driver->modules = &module;
	driver->module_count = 1;
	driver->modules_known = true;
	driver->takes = devices;
	driver->take_count = count;
	driver->takes_why = known_why ? why : NULL;
	driver->takes_known = true;
}

static void takes_two(struct scene *scene)
{
	takes(scene, 2, true);
}

static void takes_five(struct scene *scene)
{
	takes(scene, 5, false);
}

static void takes_one_that_goes_elsewhere(struct scene *scene)
{
	takes(scene, 1, false);
	scene_move(scene, build_device_at(scene->build, 1), "e1000e");
}

static void takes_one_that_is_left_without_a_driver(struct scene *scene)
{
	takes(scene, 1, false);
	scene_move(scene, build_device_at(scene->build, 1), NULL);
}

static void devices_that_a_module_takes_are_named_up_to_three(void **state)
{
	expect(answer(CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_two), "refuse",
	       "0000:01:00.1, 0000:01:00.2");
	expect(answer(CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_five), "refuse",
	       "0000:01:00.3 and 2 more");
	expect(answer(CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_one_that_goes_elsewhere),
	       "refuse", "0000:01:00.1");
	expect(answer(CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci",
		      takes_one_that_is_left_without_a_driver),
	       "refuse", "0000:01:00.1");
}

static void use_function(struct scene *scene, const char *user)
{
	build_use(scene->build, scene->device,
		  (struct use){.kind = USE_VIRTUAL_FUNCTION, .user = user, .evidence = "virtfn"});
}

static void one_function(struct scene *scene)
{
	scene->traits->virtual_functions = 1;
}

static void five_functions(struct scene *scene)
{
	build_looked_at_uses(scene->build, scene->device);
	for (int i = 0; i < 5; i++)
		use_function(scene, arena_printf(scene->arena, "0000:01:10.%d", i));
	build_use(scene->build, scene->device, (struct use){.kind = USE_OPEN, .user = "sh"});
}

static void a_function_without_a_name(struct scene *scene)
{
	build_looked_at_uses(scene->build, scene->device);
	use_function(scene, NULL);
}

static void virtual_functions_are_counted_and_three_are_named(void **state)
{
	const char *text = answer(CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, five_functions);

	expect(text, "refuse", "5 virtual functions: 0000:01:10.0, 0000:01:10.1, 0000:01:10.2");
	assert_null(strstr(text, "0000:01:10.3"));
	expect(answer(CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, one_function), "refuse",
	       "1 virtual function,");
	expect(answer(CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, a_function_without_a_name), "refuse",
	       "1 virtual function");
}

static void holder(struct scene *scene, const char *command)
{
	struct holder *holders = arena_array(build_arena(scene->build), 1, sizeof(*holders));

	holders[0] = (struct holder){.pid = 4711, .command = command};
	scene->group->holders = holders;
	scene->group->holder_count = 1;
	scene->group->holders_known = true;
}

static void held_without_a_name(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
	holder(scene, NULL);
}

static void open_without_names(struct scene *scene)
{
	struct device *sibling = scene_sibling(scene, "0000:01:00.1", "vfio-pci");

	build_looked_at_uses(scene->build, sibling);
	build_use(scene->build, sibling, (struct use){.kind = USE_OPEN, .user = "sh"});
	build_use(scene->build, sibling, (struct use){.kind = USE_VFIO, .evidence = "/proc/7/fd"});
}

static void a_sibling_that_could_not_be_seen(struct scene *scene)
{
	struct device *sibling = scene_sibling(scene, "0000:01:00.1", "vfio-pci");

	build_looked_at_uses(scene->build, sibling);
	build_blindness(scene->build, sibling, USE_OPEN, "/proc/7/fd");
	build_blindness(scene->build, sibling, USE_VFIO, "/proc/7/fd");
}

static void a_user_of_the_group_is_named_as_far_as_it_is_known(void **state)
{
	expect(answer(CHECK_GROUP_IN_USE, NULL, "e1000e", held_without_a_name), "refuse",
	       "4711 (?)");
	expect(answer(CHECK_GROUP_IN_USE, NULL, "e1000e", open_without_names), "refuse",
	       "VFIO is open in ?");
	expect(answer(CHECK_GROUP_IN_USE, NULL, "e1000e", a_sibling_that_could_not_be_seen),
	       "unknown", "");
}

/* Devices behind the IOMMU dmar0, whose device is the one that is moved. */
static void behind_it(struct scene *scene, size_t count)
{
	struct iommu *iommu = build_find_iommu(scene->build, "dmar0");

	iommu->device = scene->device->path;
	scene->device->iommu = NULL;
	scene->device->group = NULL;
	for (size_t i = 0; i < count; i++)
		build_device(scene->build, "pci", arena_printf(scene->arena, "0000:09:00.%zu", i),
			     arena_printf(scene->arena, "/sys/devices/pci9/0000:09:00.%zu", i))
			->iommu = iommu;
}

static void the_iommu_of_five(struct scene *scene)
{
	behind_it(scene, 5);
}

/* The second member has no link to the IOMMU of its own: an alias of the first. */
static void the_iommu_of_a_group(struct scene *scene)
{
	struct device *device =
		build_device(scene->build, "pci", "0000:09:00.1", "/sys/devices/pci9/0000:09:00.1");

	behind_it(scene, 1);
	build_device_at(scene->build, 2)->group = scene->group;
	device->group = scene->group;
}

/* A stream counts where a driver may do DMA: sysfs lists the device only later. */
static void the_iommu_of_a_stream(struct scene *scene)
{
	struct device *bound = add_bound(scene, "pci", "/sys/devices/pci9/0000:09:00.0");
	struct device *idle =
		build_device(scene->build, "pci", "0000:09:00.1", "/sys/devices/pci9/0000:09:00.1");

	behind_it(scene, 0);
	build_stream(scene->build, bound)->iommu = build_find_iommu(scene->build, "dmar0");
	build_stream(scene->build, idle)->iommu = build_find_iommu(scene->build, "dmar0");
}

static void five_below_it(struct scene *scene)
{
	for (size_t i = 0; i < 5; i++)
		build_device(
			scene->build, "pci", arena_printf(scene->arena, "0000:09:00.%zu", i),
			arena_printf(scene->arena, "%s/0000:09:00.%zu", scene->device->path, i));
}

static void devices_that_depend_on_it_are_named_up_to_three(void **state)
{
	expect(answer(CHECK_DEPENDENTS, "vmd", NULL, the_iommu_of_five), "final",
	       "dmar0 of 5 devices: 0000:09:00.0, 0000:09:00.1, 0000:09:00.2 and 2 more");
	expect(answer(CHECK_DEPENDENTS, "vmd", NULL, the_iommu_of_a_group), "final",
	       "dmar0 of 2 devices: 0000:09:00.0, 0000:09:00.1");
	expect(answer(CHECK_DEPENDENTS, "vmd", NULL, the_iommu_of_a_stream), "final",
	       "dmar0 of 1 devices: 0000:09:00.0");
	expect(answer(CHECK_DEPENDENTS, "vmd", NULL, five_below_it), "final",
	       "5 devices exist only while its driver is bound: 0000:09:00.0, 0000:09:00.1, "
	       "0000:09:00.2 and 2 more");
}

UNIT(will_work_many)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_in_the_way_are_named_up_to_three),
		cmocka_unit_test(devices_that_a_reset_hits_are_named_up_to_three),
		cmocka_unit_test(devices_that_a_module_takes_are_named_up_to_three),
		cmocka_unit_test(virtual_functions_are_counted_and_three_are_named),
		cmocka_unit_test(a_user_of_the_group_is_named_as_far_as_it_is_known),
		cmocka_unit_test(devices_that_depend_on_it_are_named_up_to_three),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
