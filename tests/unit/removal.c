/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks before a device is removed and found again. */
#include "checks/check_functions.h"
#include "support/scene.h"

#include <string.h>

static struct scene scene;

static void start_removal(const char *driver)
{
	scene_start(&scene, driver, NULL);
	scene.handover.verb = "rescan";
	scene.handover.removes = true;
	scene.traits->answers = ANSWER_YES;
	build_machine(scene.build)->kernel = "7.3.4-amd64";
	build_machine(scene.build)->command_line = "quiet";
}

static int start_nic(void **state)
{
	start_removal("e1000e");
	return 0;
}

static int end(void **state)
{
	scene_end(&scene);
	return 0;
}

static const char *answer(enum check_id id)
{
	return answer_word(scene_find(&scene, id));
}

static const char *words_of(enum check_id id)
{
	return scene_find(&scene, id)->finding.message;
}

static void an_ordinary_card_can_be_removed(void **state)
{
	scene_ask(&scene, NULL);
	assert_string_equal(answer(CHECK_REMOVABLE), "pass");
	assert_string_equal(answer(CHECK_OVERRIDE_KEPT), "pass");
	assert_string_equal(answer(CHECK_BYPASS), "pass");
	assert_string_equal(answer(CHECK_RENUMBERING), "warning");
	assert_non_null(strstr(words_of(CHECK_RENUMBERING), "its group 7 may have another number"));
}

/* The checks of a move are not asked: there is no new driver. */
static void a_move_is_not_asked_about_removal_and_the_reverse(void **state)
{
	scene_ask(&scene, NULL);
	assert_string_equal(answer(CHECK_DRIVER), "none");
	assert_string_equal(answer(CHECK_VIRTUAL_FUNCTIONS), "none");
	assert_string_not_equal(answer(CHECK_UNBINDABLE), "none");
	assert_string_not_equal(answer(CHECK_CONTAINER), "none");
	scene_end(&scene);
	start_removal("e1000e");
	scene.handover.removes = false;
	scene_ask(&scene, NULL);
	assert_string_equal(answer(CHECK_REMOVABLE), "none");
	assert_string_equal(answer(CHECK_BYPASS), "none");
}

static void a_device_without_a_driver_is_asked_too(void **state)
{
	scene_end(&scene);
	start_removal(NULL);
	scene_ask(&scene, NULL);
	assert_string_equal(answer(CHECK_REMOVABLE), "pass");
	assert_string_equal(answer(CHECK_UNBINDABLE), "none");
	assert_string_equal(answer(CHECK_OVERRIDE_KEPT), "warning");
	assert_non_null(strstr(words_of(CHECK_OVERRIDE_KEPT), "no driver and no driver_override"));
}

static void an_iommu_is_not_removed(void **state)
{
	struct iommu *iommu;

	scene_end(&scene);
	start_removal(NULL);
	iommu = build_find_iommu(scene.build, "dmar0");
	iommu->device = "/sys/devices/pci0/0000:01:00.0/virtio0";
	scene_ask(&scene, check_removable);
	assert_string_equal(answer(CHECK_REMOVABLE), "final");
	assert_non_null(strstr(words_of(CHECK_REMOVABLE), "it is the IOMMU dmar0"));
}

static void iommus_that_were_not_read_are_no_permission(void **state)
{
	scene.iommus_denied = true;
	scene_ask(&scene, check_removable);
	assert_string_equal(answer(CHECK_REMOVABLE), "unknown");
}

static void the_chipset_is_not_removed(void **state)
{
	static const int classes[] = {0x060000, 0x060100};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		scene_end(&scene);
		start_removal(NULL);
		scene.device->class = classes[i];
		scene_ask(&scene, check_removable);
		assert_string_equal(answer(CHECK_REMOVABLE), "final");
	}
}

static void virtual_functions_do_not_come_back(void **state)
{
	scene.traits->virtual_functions = 2;
	scene_ask(&scene, check_removable);
	assert_string_equal(answer(CHECK_REMOVABLE), "final");
	assert_non_null(strstr(words_of(CHECK_REMOVABLE), "it has 2 virtual functions"));
	scene_end(&scene);
	start_removal("e1000e");
	scene.traits->physical_function = "/sys/devices/pci0/0000:01:00.7";
	scene_ask(&scene, check_removable);
	assert_string_equal(answer(CHECK_REMOVABLE), "final");
	scene_end(&scene);
	start_removal("e1000e");
	scene.traits->functions_unknown = true;
	scene_ask(&scene, check_removable);
	assert_string_equal(answer(CHECK_REMOVABLE), "unknown");
}

static void a_device_off_pci_needs_a_reboot(void **state)
{
	struct device *device;

	device = build_device(scene.build, "platform", "a000000.virtio_mmio",
			      "/sys/devices/platform/a000000.virtio_mmio");
	device->driver_known = true;
	scene.moves[0].device = device;
	build_machine(scene.build)->initramfs = INITRAMFS_DRACUT;
	scene_ask(&scene, check_removable);
	assert_string_equal(answer(CHECK_REMOVABLE), "final");
	assert_non_null(strstr(scene_find(&scene, CHECK_REMOVABLE)->finding.remedy, "dracut"));
}

static void an_override_needs_a_kernel_that_waits_with_its_probe(void **state)
{
	static const struct {
		const char *kernel, *answer;
	} rows[] = {
		{"6.12.117+deb12-amd64", "final"},
		{"6.18.15+deb13-amd64", "final"},
		{"6.19.14+deb13-amd64", "pass"},
		{"7.3.4-amd64", "pass"},
		{NULL, "unknown"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scene_end(&scene);
		start_removal("vfio-pci");
		scene.device->driver_override = "vfio-pci";
		build_machine(scene.build)->kernel = rows[i].kernel;
		scene_ask(&scene, check_override_kept);
		assert_string_equal(answer(CHECK_OVERRIDE_KEPT), rows[i].answer);
		assert_non_null(strstr(words_of(CHECK_OVERRIDE_KEPT), "vfio-pci"));
	}
	scene_end(&scene);
	start_removal("vfio-pci");
	scene.device->override_unknown = true;
	scene_ask(&scene, check_override_kept);
	assert_string_equal(answer(CHECK_OVERRIDE_KEPT), "unknown");
	assert_false(check_is_waivable(scene_find(&scene, CHECK_OVERRIDE_KEPT)));
}

static void a_group_keeps_its_number_while_a_member_stays(void **state)
{
	scene_sibling(&scene, "0000:01:00.1", "e1000e");
	scene_ask(&scene, check_renumbering);
	assert_string_equal(answer(CHECK_RENUMBERING), "pass");
	assert_non_null(strstr(words_of(CHECK_RENUMBERING), "0000:01:00.1 stays"));
}

static void a_group_is_announced_once_for_all_members(void **state)
{
	struct device *sibling = scene_sibling(&scene, "0000:01:00.1", "e1000e");

	build_traits(scene.build, sibling);
	scene_move(&scene, sibling, NULL);
	scene.handover.in_order = true;
	scene_ask(&scene, check_renumbering);
	assert_int_equal(scene.checks.count, 1);
	assert_string_equal(answer(CHECK_RENUMBERING), "warning");
}

static void what_could_not_be_read_of_a_group_is_unknown(void **state)
{
	build_members_unknown(scene.build);
	scene_ask(&scene, check_renumbering);
	assert_string_equal(answer(CHECK_RENUMBERING), "unknown warning");
	scene_end(&scene);
	start_removal("e1000e");
	scene.device->group = NULL;
	scene.device->group_unknown = true;
	scene_ask(&scene, check_renumbering);
	assert_string_equal(answer(CHECK_RENUMBERING), "unknown warning");
	scene_end(&scene);
	start_removal("e1000e");
	scene.device->group = NULL;
	scene_ask(&scene, check_renumbering);
	assert_string_equal(answer(CHECK_RENUMBERING), "pass");
}

static void addresses_below_a_bridge_may_change(void **state)
{
	scene.device->class = 0x060400;
	scene_ask(&scene, check_renumbering);
	assert_int_equal(scene.checks.count, 2);
	assert_non_null(strstr(scene.checks.items[1].finding.message, "other addresses"));
}

static void a_group_that_passes_all_dma_is_announced(void **state)
{
	scene.group->type = "identity";
	scene_ask(&scene, check_bypass);
	assert_string_equal(answer(CHECK_BYPASS), "warning");
	assert_string_equal(scene_find(&scene, CHECK_BYPASS)->finding.remedy,
			    "iommuctl domain group:7 DMA");
}

static void a_type_that_is_lost_is_announced(void **state)
{
	scene.group->type = "identity";
	scene_ask(&scene, check_type_kept);
	assert_string_equal(answer(CHECK_TYPE_KEPT), "pass");
	scene_end(&scene);
	start_removal("e1000e");
	scene.group->type = "identity";
	scene.moves[0].first_type = "DMA-FQ";
	scene_ask(&scene, check_type_kept);
	assert_string_equal(answer(CHECK_TYPE_KEPT), "warning");
	assert_non_null(strstr(words_of(CHECK_TYPE_KEPT), "gets the one of boot: DMA-FQ"));
	assert_string_equal(scene_find(&scene, CHECK_TYPE_KEPT)->finding.remedy,
			    "Afterwards: iommuctl domain 0000:01:00.0 identity");
	scene_end(&scene);
	start_removal("e1000e");
	scene.group->type = NULL;
	scene_ask(&scene, check_type_kept);
	assert_string_equal(answer(CHECK_TYPE_KEPT), "none");
}

static void a_device_without_its_iommu_is_announced(void **state)
{
	struct stream *stream = build_stream(scene.build, scene.device);

	scene.device->group = NULL;
	scene.device->iommu = NULL;
	stream->source = STREAM_FROM_VIOT;
	stream->iommu = build_find_iommu(scene.build, "dmar0");
	scene_ask(&scene, check_bypass);
	assert_string_equal(answer(CHECK_BYPASS), "warning");
	assert_non_null(strstr(words_of(CHECK_BYPASS), "no IOMMU translates"));
}

static void an_smmu_may_let_strays_pass(void **state)
{
	static const struct {
		const char *command_line, *answer;
	} rows[] = {
		{"quiet", "pass"},
		{"arm-smmu.disable_bypass=0", "warning"},
		{"quiet arm_smmu.disable_bypass=n", "warning"},
		{"arm-smmu.disable_bypass=1", "pass"},
		{NULL, "unknown warning"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scene_end(&scene);
		start_removal("e1000e");
		build_find_iommu(scene.build, "dmar0")->kind = IOMMU_KIND_SMMU;
		build_machine(scene.build)->command_line = rows[i].command_line;
		scene_ask(&scene, check_bypass);
		assert_string_equal(answer(CHECK_BYPASS), rows[i].answer);
	}
}

static void traits_unread(void)
{
	scene.device->traits = NULL;
}

static void functions_unread(void)
{
	scene.traits->functions_unknown = true;
}

static void class_unread(void)
{
	scene.device->class = -1;
}

static void one_function_made(void)
{
	scene.traits->virtual_functions = 1;
}

static void two_functions_made(void)
{
	scene.traits->virtual_functions = 2;
}

static void iommu_elsewhere(void)
{
	build_find_iommu(scene.build, "dmar0")->device = "/sys/devices/virtual/dmar0";
}

static void only_what_is_known_and_can_be_found_again_is_removed(void **state)
{
	static const struct {
		void (*shape)(void);
		const char *answer, *words;
	} rows[] = {
		{traits_unread, "unknown", "virtual functions"},
		{functions_unread, "unknown", "virtual functions"},
		{class_unread, "unknown", "part of the chipset"},
		{one_function_made, "final", "it has 1 virtual function,"},
		{two_functions_made, "final", "it has 2 virtual functions,"},
		{iommu_elsewhere, "pass", "found again"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scene_end(&scene);
		start_removal("e1000e");
		rows[i].shape();
		scene_ask(&scene, check_removable);
		assert_string_equal(answer(CHECK_REMOVABLE), rows[i].answer);
		assert_non_null(strstr(words_of(CHECK_REMOVABLE), rows[i].words));
	}
}

static void a_group_of_an_unread_type_is_not_called_untranslated(void **state)
{
	scene.group->type = NULL;
	scene_ask(&scene, check_bypass);
	assert_null(strstr(words_of(CHECK_BYPASS), "untranslated"));
}

#define NIC(test) cmocka_unit_test_setup_teardown(test, start_nic, end)

UNIT(removal)
{
	const struct CMUnitTest tests[] = {
		NIC(an_ordinary_card_can_be_removed),
		NIC(a_move_is_not_asked_about_removal_and_the_reverse),
		NIC(a_device_without_a_driver_is_asked_too),
		NIC(an_iommu_is_not_removed),
		NIC(iommus_that_were_not_read_are_no_permission),
		NIC(the_chipset_is_not_removed),
		NIC(virtual_functions_do_not_come_back),
		NIC(a_device_off_pci_needs_a_reboot),
		NIC(an_override_needs_a_kernel_that_waits_with_its_probe),
		NIC(a_group_keeps_its_number_while_a_member_stays),
		NIC(a_group_is_announced_once_for_all_members),
		NIC(what_could_not_be_read_of_a_group_is_unknown),
		NIC(addresses_below_a_bridge_may_change),
		NIC(a_group_that_passes_all_dma_is_announced),
		NIC(a_type_that_is_lost_is_announced),
		NIC(a_device_without_its_iommu_is_announced),
		NIC(an_smmu_may_let_strays_pass),
		NIC(only_what_is_known_and_can_be_found_again_is_removed),
		NIC(a_group_of_an_unread_type_is_not_called_untranslated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
