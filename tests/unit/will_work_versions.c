/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that depend on the version of Linux or the kind of IOMMU, and remedies that fit the
 * machine.
 */
#include "support/scene.h"

#include <string.h>

/* A device of Intel's QAT, which is on the denylist of vfio-pci, on a kernel of that release. */
static void start_denied(struct scene *scene, const char *kernel)
{
	scene_start(scene, "c6xx", "vfio-pci");
	scene->device->device_id = 0x37c8;
	scene->host->denylist_off = ANSWER_NO;
	build_machine(scene->build)->kernel = kernel;
}

static const struct check *find_answer(struct scene *scene, enum check_id id)
{
	scene_ask(scene, NULL);
	assert_non_null(scene_find(scene, id));
	return scene_find(scene, id);
}

static void the_denylist_came_with_linux_5_9(void **state)
{
	struct scene scene;

	start_denied(&scene, "5.4.0-65-generic");
	assert_string_equal(answer_word(find_answer(&scene, CHECK_DENYLIST)), "warning");
	scene_end(&scene);
	start_denied(&scene, "5.10.0-33-amd64");
	assert_string_equal(answer_word(find_answer(&scene, CHECK_DENYLIST)), "refuse");
	scene_end(&scene);
}

static const char *denylist_remedy(struct scene *scene, bool registered, const char *module)
{
	struct driver *driver;

	start_denied(scene, "6.12.0");
	driver = build_driver(scene->build, "pci", "vfio-pci");
	driver->registered = registered;
	driver->module = module;
	return find_answer(scene, CHECK_DENYLIST)->finding.remedy;
}

static void the_denylist_of_a_loaded_module_needs_a_reload(void **state)
{
	struct scene scene;

	assert_non_null(strstr(denylist_remedy(&scene, false, NULL),
			       "modprobe vfio-pci disable_denylist=1"));
	scene_end(&scene);
	assert_non_null(strstr(denylist_remedy(&scene, true, "vfio_pci"), "/etc/modprobe.d"));
	scene_end(&scene);
	assert_non_null(strstr(denylist_remedy(&scene, true, NULL), "boot with"));
	scene_end(&scene);
}

static const char *reset_remedy(struct scene *scene, bool registered, const char *module)
{
	struct driver *driver;

	scene_start(scene, "acme", "vfio-platform");
	scene->device->bus = "platform";
	driver = build_driver(scene->build, "platform", "vfio-platform");
	driver->registered = registered;
	driver->module = module;
	return find_answer(scene, CHECK_RESET)->finding.remedy;
}

static void the_reset_of_a_loaded_module_needs_a_reload(void **state)
{
	struct scene scene;

	assert_non_null(strstr(reset_remedy(&scene, false, NULL),
			       "modprobe vfio-platform reset_required=0"));
	scene_end(&scene);
	assert_non_null(strstr(reset_remedy(&scene, true, "vfio_platform"), "/etc/modprobe.d"));
	scene_end(&scene);
	assert_non_null(strstr(reset_remedy(&scene, true, NULL),
			       "boot with vfio-platform.reset_required=0"));
	scene_end(&scene);
}

static void start_unisolated(struct scene *scene, const char *command_line, enum answer remaps)
{
	struct machine *machine;

	scene_start(scene, "e1000e", "vfio-pci");
	machine = build_machine(scene->build);
	machine->command_line = command_line;
	machine->remaps_interrupts = remaps;
	scene->host->isolated_interrupts = scene->host->unsafe_interrupts = ANSWER_NO;
}

static void interrupts_are_not_isolated_for_a_reason(void **state)
{
	static const struct {
		const char *command_line;
		enum answer remaps;
		const char *remedy;
	} rows[] = {
		{"quiet intremap=off", ANSWER_YES, "Remove intremap=off"},
		{"nointremap", ANSWER_UNKNOWN, "Remove nointremap"},
		{"quiet", ANSWER_NO, "cannot remap interrupts"},
		{"quiet", ANSWER_YES, "the kernel log says why"},
		{NULL, ANSWER_UNKNOWN, "in the firmware setup"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene scene;

		start_unisolated(&scene, rows[i].command_line, rows[i].remaps);
		assert_non_null(strstr(find_answer(&scene, CHECK_INTERRUPTS)->finding.remedy,
				       rows[i].remedy));
		scene_end(&scene);
	}
}

static void a_hypervisor_has_the_interrupts_of_its_machines(void **state)
{
	static const struct {
		enum hypervisor hypervisor;
		const char *remedy;
	} rows[] = {
		{HYPERVISOR_XEN, "control domain only"},
		{HYPERVISOR_HYPERV, "uio_hv_generic"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene scene;
		const char *remedy;

		start_unisolated(&scene, NULL, ANSWER_UNKNOWN);
		build_machine(scene.build)->hypervisor = rows[i].hypervisor;
		remedy = find_answer(&scene, CHECK_INTERRUPTS)->finding.remedy;
		assert_non_null(strstr(remedy, rows[i].remedy));
		assert_null(strstr(remedy, "firmware setup"));
		assert_null(strstr(remedy, "allow_unsafe_interrupts"));
		scene_end(&scene);
	}
}

static void xen_s_control_domain_cannot_see_whether_interrupts_are_remapped(void **state)
{
	struct scene scene;

	start_unisolated(&scene, NULL, ANSWER_UNKNOWN);
	build_machine(scene.build)->hypervisor = HYPERVISOR_XEN_DOM0;
	scene_ask(&scene, NULL);
	assert_null(scene_find(&scene, CHECK_INTERRUPTS));
	scene_end(&scene);
}

static void a_loaded_module_takes_no_parameter_from_modprobe(void **state)
{
	struct scene scene;

	start_unisolated(&scene, NULL, ANSWER_UNKNOWN);
	scene.host->type1_loaded = ANSWER_YES;
	assert_non_null(strstr(find_answer(&scene, CHECK_INTERRUPTS)->finding.remedy, "echo Y > "));
	scene_end(&scene);
	start_unisolated(&scene, NULL, ANSWER_UNKNOWN);
	scene.host->type1_loaded = ANSWER_NO;
	assert_non_null(strstr(find_answer(&scene, CHECK_INTERRUPTS)->finding.remedy, "modprobe "));
	scene_end(&scene);
}

static const struct region direct = {0xa0000000, 0xa0ffffff, REGION_DIRECT};

static const struct check *answer_about_region(struct scene *scene, const char *kernel,
					       enum iommu_kind kind)
{
	scene_start(scene, "xhci_hcd", "vfio-pci");
	build_machine(scene->build)->kernel = kernel;
	((struct iommu *)scene->device->iommu)->kind = kind;
	scene->group->regions = &direct;
	scene->group->region_count = 1;
	scene->group->regions_known = true;
	return find_answer(scene, CHECK_RESERVED_REGION);
}

static void only_intel_refused_regions_that_are_mapped_directly_before_linux_6_6(void **state)
{
	static const struct {
		const char *kernel;
		enum iommu_kind kind;
		const char *answer;
	} rows[] = {
		{"6.1.0-42-amd64", IOMMU_KIND_INTEL, "refuse"},
		{"6.1.0-42-amd64", IOMMU_KIND_AMD, "warning"},
		{"6.1.0-42-arm64", IOMMU_KIND_SMMU_V3, "warning"},
		{"6.1.0-42-amd64", IOMMU_KIND_UNKNOWN, "refuse"},
		{"6.6.0", IOMMU_KIND_AMD, "refuse"},
		{"6.12.41+deb13-arm64", IOMMU_KIND_SMMU_V3, "refuse"},
		{NULL, IOMMU_KIND_AMD, "refuse"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene scene;

		assert_string_equal(
			answer_word(answer_about_region(&scene, rows[i].kernel, rows[i].kind)),
			rows[i].answer);
		scene_end(&scene);
	}
}

static void a_region_of_many_devices_is_no_feature_of_one(void **state)
{
	struct reservation reservation = {.subject = "devices 0x0-0xfff of PCI segment 0",
					  .source = "IVMD of the IVRS",
					  .start = 0xa0000000,
					  .end = 0xa0ffffff,
					  .direct = true,
					  .many = true};
	struct reservation of_another = reservation;
	struct scene scene;

	of_another.subject = "0000:00:02.0";
	of_another.many = false;
	scene_start(&scene, "xhci_hcd", "vfio-pci");
	build_reservation(scene.build, of_another);
	build_reservation(scene.build, reservation);
	scene.group->regions = &direct;
	scene.group->region_count = 1;
	scene.group->regions_known = true;
	assert_non_null(strstr(find_answer(&scene, CHECK_RESERVED_REGION)->finding.remedy,
			       "devices 0x0-0xfff"));
	scene_end(&scene);
}

static void a_device_that_does_not_answer_gets_no_driver(void **state)
{
	const struct check *answer;
	struct scene scene;

	scene_start(&scene, NULL, "vfio-pci");
	scene.traits->answers = ANSWER_NO;
	answer = find_answer(&scene, CHECK_NO_ANSWER);
	assert_string_equal(answer_word(answer), "final");
	assert_non_null(strstr(answer->finding.remedy, "iommuctl rescan"));
	scene_end(&scene);
	scene_start(&scene, "e1000e", NULL);
	scene.traits->answers = ANSWER_NO;
	assert_string_equal(answer_word(find_answer(&scene, CHECK_NO_ANSWER)), "warning");
	scene_end(&scene);
	scene_start(&scene, NULL, "vfio-pci");
	assert_string_equal(answer_word(find_answer(&scene, CHECK_NO_ANSWER)), "unknown warning");
	scene_end(&scene);
}

static const char *variant_answer(const char *now, const char *next)
{
	struct scene scene;
	const char *answer;

	scene_start(&scene, now, next);
	scene_ask(&scene, NULL);
	answer = answer_word(scene_find(&scene, CHECK_VARIANT_DRIVER));
	scene_end(&scene);
	return answer;
}

static void a_device_with_a_driver_made_for_it_loses_something_on_vfio_pci(void **state)
{
	assert_string_equal(variant_answer("mlx5_vfio_pci", "vfio-pci"), "warning");
	assert_string_equal(variant_answer("mlx5-vfio-pci", "vfio-pci"), "warning");
	assert_string_equal(variant_answer("e1000e", "vfio-pci"), "none");
	assert_string_equal(variant_answer("mlx5_core", "mlx5_vfio_pci"), "none");
	assert_string_equal(variant_answer(NULL, "vfio-pci"), "none");
}

/* A device without a group that has the stream ID of the member of a group, on an SMMU. */
static const char *shared_stream_answer(const char *kernel, enum iommu_kind kind, const char *next)
{
	struct device *device;
	struct scene scene;
	const char *answer;

	scene_start(&scene, "e1000e", next);
	build_machine(scene.build)->kernel = kernel;
	((struct iommu *)scene.device->iommu)->kind = kind;
	device =
		build_device(scene.build, "platform", "b000.dma", "/sys/devices/platform/b000.dma");
	for (int i = 0; i < 2; i++) {
		struct stream *stream = build_stream(scene.build, i ? device : scene.device);

		stream->id = 0x22;
		stream->iommu = scene.device->iommu;
		stream->iommu_kind = kind;
		stream->iommu_name = scene.device->iommu->name;
	}
	scene_move(&scene, device, next);
	device->driver_known = true;
	scene_ask(&scene, NULL);
	answer = "none";
	for (size_t i = 0; i < scene.checks.count; i++)
		if (scene.checks.items[i].id == CHECK_STREAM_OWNED &&
		    scene.checks.items[i].device == device)
			answer = answer_word(&scene.checks.items[i]);
	scene_end(&scene);
	return answer;
}

static void an_smmu_v3_crashes_at_a_second_device_of_a_stream_before_linux_5_13(void **state)
{
	assert_string_equal(
		shared_stream_answer("5.10.0-33-arm64", IOMMU_KIND_SMMU_V3, "vfio-platform"),
		"final");
	assert_string_equal(
		shared_stream_answer("5.10.0-33-arm64", IOMMU_KIND_SMMU, "vfio-platform"), "pass");
	assert_string_equal(
		shared_stream_answer("6.1.0-42-arm64", IOMMU_KIND_SMMU_V3, "vfio-platform"),
		"none");
}

UNIT(will_work_versions)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_denylist_came_with_linux_5_9),
		cmocka_unit_test(the_denylist_of_a_loaded_module_needs_a_reload),
		cmocka_unit_test(the_reset_of_a_loaded_module_needs_a_reload),
		cmocka_unit_test(interrupts_are_not_isolated_for_a_reason),
		cmocka_unit_test(a_hypervisor_has_the_interrupts_of_its_machines),
		cmocka_unit_test(xen_s_control_domain_cannot_see_whether_interrupts_are_remapped),
		cmocka_unit_test(a_loaded_module_takes_no_parameter_from_modprobe),
		cmocka_unit_test(
			only_intel_refused_regions_that_are_mapped_directly_before_linux_6_6),
		cmocka_unit_test(a_region_of_many_devices_is_no_feature_of_one),
		cmocka_unit_test(a_device_that_does_not_answer_gets_no_driver),
		cmocka_unit_test(
			an_smmu_v3_crashes_at_a_second_device_of_a_stream_before_linux_5_13),
		cmocka_unit_test(a_device_with_a_driver_made_for_it_loses_something_on_vfio_pci),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
