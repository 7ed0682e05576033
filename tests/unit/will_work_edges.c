/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a move where one fact is missing, or lies just outside of the case. */
#include "checks/check_functions.h"
#include "support/scene.h"

#include <string.h>

static void without_group(struct scene *scene)
{
	scene->device->group = NULL;
	scene->device->iommu = NULL;
}

static void no_vfio_on_the_host(struct scene *scene)
{
	without_group(scene);
	build_machine(scene->build)->vfio = NULL;
}

static struct stream *stream_of_smmuv3(struct scene *scene, struct device *device, int64_t id)
{
	struct stream *stream = build_stream(scene->build, device);
	struct iommu *iommu = build_find_iommu(scene->build, "dmar0");

	stream->id = id;
	stream->iommu = iommu;
	iommu->kind = IOMMU_KIND_SMMU_V3;
	return stream;
}

static void grouped_beside_a_sharer(struct scene *scene)
{
	build_machine(scene->build)->kernel = "5.10.0";
	stream_of_smmuv3(scene, scene->device, 0x10);
	stream_of_smmuv3(scene, scene_sibling(scene, "0000:02:00.0", NULL), 0x10);
}

static void shares_its_second_stream(struct scene *scene)
{
	grouped_beside_a_sharer(scene);
	without_group(scene);
	stream_of_smmuv3(scene, scene->device, 0x20);
	stream_of_smmuv3(scene, scene_sibling(scene, "0000:03:00.0", NULL), 0x20);
}

static void shares_with_none_that_has_a_group(struct scene *scene)
{
	build_machine(scene->build)->kernel = "5.10.0";
	without_group(scene);
	stream_of_smmuv3(scene, scene->device, 0x10);
	stream_of_smmuv3(scene, NULL, 0x10)->device_name = "/firmware-only";
	stream_of_smmuv3(scene, scene_sibling(scene, "0000:02:00.0", NULL), 0x10);
	build_device_at(scene->build, 1)->group = NULL;
}

static void only_an_owner_with_a_group_makes_the_kernel_crash(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_NO_IOMMU_MODE, NULL, "vfio-pci", no_vfio_on_the_host, "none"},
		{CHECK_STREAM_OWNED, NULL, "vfio-pci", grouped_beside_a_sharer, "pass"},
		{CHECK_STREAM_OWNED, NULL, "vfio-pci", shares_its_second_stream, "final",
		 "0000:02:00.0 has its stream ID"},
		{CHECK_STREAM_OWNED, NULL, "vfio-pci", shares_with_none_that_has_a_group, "pass"},
	};

	SCENE_CHECK(rows);
}

static void waits(struct scene *scene)
{
	scene->device->state = DEVICE_WAITING;
}

static void lost_its_iommu(struct scene *scene)
{
	without_group(scene);
	build_stream(scene->build, scene->device)->iommu_name = "/iommu@0";
}

static void lost_with_a_reason(struct scene *scene)
{
	lost_its_iommu(scene);
	build_probing(scene->build, scene->device)->reason = "iommu not ready";
}

static void each_way_to_lack_something_is_warned_of(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_DEFERRED, NULL, "vfio-pci", waits, "warning", "waits to be probed"},
		{CHECK_DEFERRED, "e1000e", "vfio-pci", lost_its_iommu, "warning",
		 "it runs without its IOMMU"},
		{CHECK_DEFERRED, "e1000e", "vfio-pci", lost_with_a_reason, "warning",
		 "it runs without its IOMMU: "},
	};

	SCENE_CHECK(rows);
}

/* The refusal of a device on a machine that has no group at all. */
static void expect_no_group(enum hypervisor hypervisor, const char *answer, const char *message)
{
	_autoarena_ struct arena *arena = arena_new();
	struct build *build = build_new();
	struct device *device = build_device(build, "pci", "0000:01:00.0", "/sys/devices/a");
	struct move move = {.device = device, .driver = "vfio-pci", .override = "vfio-pci"};
	struct handover handover = {.verb = "rebind", .moves = &move, .move_count = 1};
	struct scene scene = {.build = build, .handover = handover, .arena = arena};

	device->driver_known = true;
	build_traits(build, device);
	build_machine(build)->hypervisor = hypervisor;
	build_source(build, "iort", SOURCE_READ, NULL);
	scene.handover.system = build_seal(build, FACT_IOMMUS | FACT_STREAMS);
	scene.checks = checks_run(&scene.handover, arena);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_GROUP)), answer);
	assert_string_equal(scene_find(&scene, CHECK_GROUP)->finding.message, message);
	assert_non_null(scene_find(&scene, CHECK_GROUP)->finding.remedy);
	system_free(scene.handover.system);
}

static void a_machine_without_groups_has_advice_of_its_own(void **state)
{
	expect_no_group(HYPERVISOR_XEN_DOM0, "final",
			"it has no group: Xen has the IOMMU, not this kernel");
	expect_no_group(HYPERVISOR_HYPERV, "final",
			"it has no group: firmware names no IOMMU for it, and VFIO does not "
			"accept it without one");
	expect_no_group(HYPERVISOR_OTHER, "final",
			"it has no group: firmware names no IOMMU for it, and VFIO does not "
			"accept it without one");
}

static void direct_region(struct scene *scene)
{
	static const struct region region = {0x2000, 0x2fff, REGION_DIRECT};

	scene->group->regions = &region;
	scene->group->region_count = 1;
	scene->group->regions_known = true;
}

static void old_kernel_without_iommu(struct scene *scene)
{
	direct_region(scene);
	scene->device->iommu = NULL;
	build_machine(scene->build)->kernel = "6.1.0";
}

static void old_kernel_with_amd(struct scene *scene)
{
	direct_region(scene);
	build_find_iommu(scene->build, "dmar0")->kind = IOMMU_KIND_AMD;
	build_machine(scene->build)->kernel = "6.1.0";
}

static void before_6_6_only_an_iommu_of_intel_or_an_unknown_one_refuses(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_RESERVED_REGION, "e1000e", "vfio-pci", old_kernel_without_iommu, "refuse",
		 "mapped 1:1 for group 7"},
		{CHECK_RESERVED_REGION, "e1000e", "vfio-pci", old_kernel_with_amd, "warning",
		 "this kernel lets VFIO open it"},
	};

	SCENE_CHECK(rows);
}

/* Whether the remedy for the direct region 0x2000-0x2fff blames a reservation. */
static bool is_blamed(struct reservation reservation)
{
	struct scene scene;
	bool blamed;

	scene_start(&scene, "e1000e", "vfio-pci");
	direct_region(&scene);
	reservation.subject = "all devices";
	reservation.source = "DMAR";
	build_reservation(scene.build, reservation);
	scene_ask(&scene, check_reserved_region);
	blamed = strstr(scene_find(&scene, CHECK_RESERVED_REGION)->finding.remedy,
			"Firmware wants it of all devices") != NULL;
	scene_end(&scene);
	return blamed;
}

static void only_a_reservation_for_many_devices_that_overlaps_is_blamed(void **state)
{
	assert_true(is_blamed((struct reservation){
		.start = 0x2fff, .end = 0x4000, .direct = true, .many = true}));
	assert_true(is_blamed((struct reservation){
		.start = 0x1000, .end = 0x2000, .direct = true, .many = true}));
	assert_false(is_blamed((struct reservation){
		.start = 0x3000, .end = 0x4000, .direct = true, .many = true}));
	assert_false(is_blamed((struct reservation){
		.start = 0x1000, .end = 0x1fff, .direct = true, .many = true}));
	assert_false(is_blamed((struct reservation){.start = 0x2000, .end = 0x2fff, .many = true}));
	assert_false(
		is_blamed((struct reservation){.start = 0x2000, .end = 0x2fff, .direct = true}));
}

static void reset_by(struct scene *scene, const char *methods, const char *sibling_goes_to)
{
	scene->traits->reset_methods = methods;
	scene->traits->can_reset = ANSWER_YES;
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", NULL), sibling_goes_to);
}

static void bus_reset_beside_one_that_goes_native(struct scene *scene)
{
	reset_by(scene, "bus", "e1000e");
}

static void bus_reset_after_a_blank(struct scene *scene)
{
	reset_by(scene, " bus", "e1000e");
}

static void flr_after_a_blank(struct scene *scene)
{
	reset_by(scene, " flr", "e1000e");
}

static void on_the_bus_fsl_mc(struct scene *scene)
{
	scene->device->bus = "fsl-mc";
}

static void a_bus_reset_hits_those_that_vfio_does_not_get(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_RESET, "e1000e", "vfio-pci", bus_reset_beside_one_that_goes_native,
		 "warning", "0000:01:00.1 would be reset"},
		{CHECK_RESET, "e1000e", "vfio-pci", bus_reset_after_a_blank, "warning",
		 "0000:01:00.1 would be reset"},
		{CHECK_RESET, "e1000e", "vfio-pci", flr_after_a_blank, "pass"},
		{CHECK_RESET, NULL, "vfio-fsl-mc", on_the_bus_fsl_mc, "none"},
	};

	SCENE_CHECK(rows);
}

/* The driver "acme-x" from the module "mod_x", and a device that @claim claims. */
static struct driver *acme(struct scene *scene, const char *const *claim, bool registered)
{
	static const struct module module = {.name = "mod_x", .state = MODULE_NOT_LOADED};
	struct driver *driver = build_driver(scene->build, "pci", "acme-x");

	driver->registered = driver->can_bind = registered;
	driver->modules = &module;
	driver->module_count = 1;
	scene->traits->claims_known = true;
	scene->traits->claims = claim;
	scene->traits->claim_count = 1;
	return driver;
}

static void claimed_with_the_other_dash(struct scene *scene)
{
	static const char *const claim = "acme_x";

	acme(scene, &claim, false);
}

static void claimed_with_a_letter_for_the_dash(struct scene *scene)
{
	static const char *const claim = "acmeyx";

	acme(scene, &claim, false);
}

static void claimed_by_its_module(struct scene *scene)
{
	static const char *const claim = "mod-x";

	acme(scene, &claim, false);
}

static void built_in(struct scene *scene)
{
	static const char *const claim = "other";

	acme(scene, &claim, true)->module_count = 0;
}

static void traits_unread(struct scene *scene)
{
	built_in(scene);
	scene->device->traits = NULL;
}

static void a_claim_is_compared_with_driver_and_module(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_DRIVER_MATCH, NULL, "acme-x", claimed_with_the_other_dash, "pass"},
		{CHECK_DRIVER_MATCH, NULL, "acme-x", claimed_with_a_letter_for_the_dash, "refuse"},
		{CHECK_DRIVER_MATCH, NULL, "acme-x", claimed_by_its_module, "pass"},
		{CHECK_DRIVER_MATCH, NULL, "acme-x", built_in, "pass", "built in"},
		{CHECK_DRIVER_MATCH, NULL, "acme-x", traits_unread, "unknown"},
	};

	SCENE_CHECK(rows);
}

static void native_without_override(struct scene *scene)
{
	scene->moves[0].override = NULL;
}

static void parent_without_a_driver_s_name(struct scene *scene)
{
	struct device *parent =
		build_device(scene->build, "pci", "0000:01:10.0", "/sys/devices/pci0/0000:01:10.0");

	parent->driver_known = true;
	parent->vfio_dev = "vfio0";
	scene->traits->physical_function = parent->path;
}

static void a_driver_that_matches_by_ids_needs_no_override(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_OVERRIDE, NULL, "e1000e", native_without_override, "none"},
		{CHECK_OVERRIDE, NULL, "vfio-pci", native_without_override, "unknown"},
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", parent_without_a_driver_s_name, "warning",
		 "0000:01:10.0 is on VFIO"},
	};

	SCENE_CHECK(rows);
}

UNIT(will_work_edges)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_an_owner_with_a_group_makes_the_kernel_crash),
		cmocka_unit_test(each_way_to_lack_something_is_warned_of),
		cmocka_unit_test(a_machine_without_groups_has_advice_of_its_own),
		cmocka_unit_test(before_6_6_only_an_iommu_of_intel_or_an_unknown_one_refuses),
		cmocka_unit_test(only_a_reservation_for_many_devices_that_overlaps_is_blamed),
		cmocka_unit_test(a_bus_reset_hits_those_that_vfio_does_not_get),
		cmocka_unit_test(a_claim_is_compared_with_driver_and_module),
		cmocka_unit_test(a_driver_that_matches_by_ids_needs_no_override),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
