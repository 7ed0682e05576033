/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a move that ask about the IOMMU and the group: each of their answers. */
#include "checks/check_functions.h"
#include "support/scene.h"

#include <string.h>

static void no_group(struct scene *scene)
{
	scene->device->group = NULL;
	scene->device->iommu = NULL;
}

static void behind_no_iommu(struct scene *scene)
{
	no_group(scene);
	build_source(scene->build, "iort", SOURCE_READ, NULL);
}

static void firmware_unread(struct scene *scene)
{
	no_group(scene);
	build_source(scene->build, "iort", SOURCE_DENIED, NULL);
}

static struct stream *give_stream(struct scene *scene, struct device *device)
{
	struct stream *stream = build_stream(scene->build, device);

	stream->id = 0x10;
	stream->iommu = build_find_iommu(scene->build, "dmar0");
	return stream;
}

static void never_probed(struct scene *scene)
{
	no_group(scene);
	give_stream(scene, scene->device);
}

static void iommu_missing(struct scene *scene)
{
	never_probed(scene);
	build_find_iommu(scene->build, "dmar0")->state = IOMMU_UNKNOWN;
}

static void stream_taken(struct scene *scene)
{
	never_probed(scene);
	build_find_iommu(scene->build, "dmar0")->kind = IOMMU_KIND_SMMU_V3;
	give_stream(scene, scene_sibling(scene, "0000:02:00.0", NULL));
}

static void behind_a_pamu(struct scene *scene)
{
	scene->device->iommu = build_find_iommu(scene->build, "dmar0");
	build_find_iommu(scene->build, "dmar0")->kind = IOMMU_KIND_PAMU;
}

static void unsafe_mode(struct scene *scene)
{
	behind_no_iommu(scene);
	scene->host->unsafe_noiommu = ANSWER_YES;
}

static void never_probed_in_unsafe_mode(struct scene *scene)
{
	never_probed(scene);
	scene->host->unsafe_noiommu = ANSWER_YES;
}

static void group_of_vfio(struct scene *scene)
{
	scene->group->vfio_node = "/dev/vfio/noiommu-7";
}

static void vfio_needs_a_group_or_the_promise_of_one(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_GROUP, "e1000e", "vfio-pci", NULL, "pass", "group 7"},
		{CHECK_GROUP, NULL, "vfio-pci", never_probed, "pass", "dmar0"},
		{CHECK_GROUP, "e1000e", "vfio-pci", behind_a_pamu, "final", "maps no memory"},
		{CHECK_GROUP, NULL, "vfio-pci", iommu_missing, "refuse", "is not ready"},
		{CHECK_GROUP, "e1000e", "vfio-pci", stream_taken, "final", "another device"},
		{CHECK_GROUP, "e1000e", "vfio-pci", behind_no_iommu, "final",
		 "names no IOMMU for it"},
		{CHECK_GROUP, "e1000e", "vfio-pci", firmware_unread, "unknown"},
		{CHECK_GROUP, "e1000e", "vfio-pci", unsafe_mode, "none"},
		{CHECK_NO_IOMMU_MODE, "e1000e", "vfio-pci", unsafe_mode, "refuse", "all memory"},
		{CHECK_NO_IOMMU_MODE, NULL, "vfio-pci", group_of_vfio, "refuse"},
		{CHECK_NO_IOMMU_MODE, NULL, "vfio-pci", never_probed_in_unsafe_mode, "none"},
		{CHECK_GROUP, NULL, "vfio-pci", never_probed_in_unsafe_mode, "pass"},
		{CHECK_NO_IOMMU_MODE, "e1000e", "vfio-pci", behind_no_iommu, "none"},
		{CHECK_GROUP, "vfio-pci", "e1000e", behind_no_iommu, "none"},
	};

	SCENE_CHECK(rows);
}

static void waiting(struct scene *scene)
{
	scene->device->state = DEVICE_DEFERRED;
}

static void waiting_with_a_cause(struct scene *scene)
{
	waiting(scene);
	build_probing(scene->build, scene->device)->reason = "clock not ready";
}

static void state_unread(struct scene *scene)
{
	scene->device->state = DEVICE_UNKNOWN;
}

static void what_waits_or_has_lost_its_iommu_is_warned_of(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_DEFERRED, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_DEFERRED, NULL, "vfio-pci", waiting, "warning", "waits to be probed"},
		{CHECK_DEFERRED, NULL, "vfio-pci", waiting_with_a_cause, "warning",
		 "clock not ready"},
		{CHECK_DEFERRED, "e1000e", "vfio-pci", stream_taken, "warning",
		 "runs without its IOMMU"},
		{CHECK_DEFERRED, NULL, "vfio-pci", state_unread, "unknown warning"},
		{CHECK_DEFERRED, "e1000e", NULL, stream_taken, "none"},
	};

	SCENE_CHECK(rows);
}

static void sibling_in_the_way(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", "snd_hda_intel");
}

static void harmless_siblings(struct scene *scene)
{
	scene_sibling(scene, "0000:00:01.0", "pcieport");
	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
	scene_sibling(scene, "0000:01:00.2", NULL);
}

static void sibling_moves_along(struct scene *scene)
{
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", "snd_hda_intel"), "vfio-pci");
}

static void sibling_is_unbound(struct scene *scene)
{
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", "snd_hda_intel"), NULL);
}

static void sibling_goes_native(struct scene *scene)
{
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", NULL), "snd_hda_intel");
}

static void sibling_unread(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", NULL)->driver_known = false;
}

static void a_group_must_be_viable_after_the_plan(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_VIABLE, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", harmless_siblings, "pass"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_in_the_way, "refuse",
		 "0000:01:00.1 (snd_hda_intel)"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_moves_along, "pass"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_is_unbound, "pass"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_goes_native, "refuse"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_unread, "unknown"},
		{CHECK_VIABLE, "vfio-pci", "e1000e", sibling_in_the_way, "none"},
		{CHECK_VIABLE, NULL, "vfio-pci", never_probed, "none"},
	};

	SCENE_CHECK(rows);
}

static void regions(struct scene *scene, enum region_kind kind)
{
	struct region *region = arena_alloc(build_arena(scene->build), sizeof(*region));

	*region = (struct region){0xe0000, 0xfffff, kind};
	scene->group->regions = region;
	scene->group->region_count = 1;
	scene->group->regions_known = true;
}

static void direct_region(struct scene *scene)
{
	regions(scene, REGION_DIRECT);
}

static void relaxable_region(struct scene *scene)
{
	regions(scene, REGION_DIRECT_RELAXABLE);
}

static void memory_that_must_stay_mapped_is_refused(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_RESERVED_REGION, "e1000e", "vfio-pci", relaxable_region, "pass"},
		{CHECK_RESERVED_REGION, "e1000e", "vfio-pci", direct_region, "refuse",
		 "0xe0000-0xfffff"},
		{CHECK_RESERVED_REGION, "e1000e", "vfio-pci", NULL, "unknown"},
		{CHECK_RESERVED_REGION, "vfio-pci", "e1000e", direct_region, "none"},
	};

	SCENE_CHECK(rows);
}

static void held(struct scene *scene)
{
	static const struct holder holder = {4711, "qemu"};

	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
	scene->group->holders = &holder;
	scene->group->holder_count = 1;
	scene->group->holders_known = true;
}

static void held_on_an_old_kernel(struct scene *scene)
{
	held(scene);
	build_machine(scene->build)->kernel = "5.10.0";
}

static void held_by_the_nodes_of_a_sibling(struct scene *scene)
{
	build_use(scene->build, scene_sibling(scene, "0000:01:00.1", "vfio-pci"),
		  (struct use){USE_VFIO, "/dev/vfio/devices/vfio3", "4711 (qemu)", "/f"});
}

static void not_held(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
	scene->group->holders_known = true;
}

static void holders_unread(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
}

static void sibling_looked_at(struct scene *scene)
{
	build_looked_at_uses(scene->build, scene_sibling(scene, "0000:01:00.1", "vfio-pci"));
}

static void a_group_that_a_vfio_user_has_is_left_alone(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_GROUP_IN_USE, "vfio-pci", "e1000e", NULL, "pass"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", held, "refuse", "4711 (qemu)"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", held_on_an_old_kernel, "final", "crashes"},
		{CHECK_GROUP_IN_USE, "vfio-pci", NULL, held_on_an_old_kernel, "refuse"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", held_by_the_nodes_of_a_sibling, "refuse",
		 "vfio3 is open in 4711 (qemu)"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", not_held, "pass"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", sibling_looked_at, "pass"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", holders_unread, "unknown"},
		{CHECK_GROUP_IN_USE, NULL, "vfio-pci", held, "none"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", no_group, "none"},
	};

	SCENE_CHECK(rows);
}

static void identity(struct scene *scene)
{
	scene->group->type = "identity";
}

static void type_unread(struct scene *scene)
{
	scene->group->type = NULL;
}

static void an_identity_domain_is_warned_of(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_IDENTITY, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_IDENTITY, "e1000e", "vfio-pci", identity, "warning"},
		{CHECK_IDENTITY, "e1000e", "vfio-pci", type_unread, "unknown warning"},
		{CHECK_IDENTITY, "vfio-pci", "e1000e", identity, "none"},
	};

	SCENE_CHECK(rows);
}

/* The command, or on a kernel that does not change types the command line of the next boot. */
static void the_advice_about_an_identity_domain_fits_the_kernel(void **state)
{
	static const char *const rows[][2] = {
		{"6.12.1", "iommuctl domain group:7 DMA"},
		{"5.10.1", "Boot without iommu=pt or iommu.passthrough=1."},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene scene;

		scene_start(&scene, "e1000e", "vfio-pci");
		identity(&scene);
		build_machine(scene.build)->kernel = rows[i][0];
		scene_ask(&scene, check_identity);
		assert_string_equal(scene_find(&scene, CHECK_IDENTITY)->finding.remedy, rows[i][1]);
		scene_end(&scene);
	}
}

UNIT(will_work_group)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vfio_needs_a_group_or_the_promise_of_one),
		cmocka_unit_test(what_waits_or_has_lost_its_iommu_is_warned_of),
		cmocka_unit_test(a_group_must_be_viable_after_the_plan),
		cmocka_unit_test(memory_that_must_stay_mapped_is_refused),
		cmocka_unit_test(a_group_that_a_vfio_user_has_is_left_alone),
		cmocka_unit_test(an_identity_domain_is_warned_of),
		cmocka_unit_test(the_advice_about_an_identity_domain_fits_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
