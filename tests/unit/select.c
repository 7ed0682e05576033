/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/select.h"
#include "model/build.h"
#include "model/facts.h"
#include "support/check.h"

#include <errno.h>
#include <string.h>

static const char TREE[] =
	"group 1\n"
	"group 12\n"
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n"
	"pci 0000:01:00.1 in pci0000:00 group=1 driver=vfio-pci id=8086:10D3 class=20000\n"
	"pci 0000:02:00.0 in pci0000:00 group=12 driver=nvme id=144D:A808 class=10802\n"
	"pci 0000:03:00.0 in pci0000:00 id=1B4B:9125 class=10601\n"
	"pci 0001:01:00.0 in pci0001:00 id=1AF4:1041 class=20000\n"
	"interface net eth0 of /sys/devices/pci0000:00/0000:01:00.0\n"
	"/proc/driver/nvidia/gpus/0000:01:00.1/information = Model: H200\\nDevice Minor: \t 3\n"
	"/proc/driver/nvidia/gpus/0000:07:00.1/information = Device Minor: 4\n"
	"/sys/devices/pci0000:00/0000:01:00.1/vfio-dev/vfio0/dev = 511:0\n"
	"/sys/class/vfio-dev/vfio0 -> ../../devices/pci0000:00/0000:01:00.1/vfio-dev/vfio0\n"
	"interface nvme nvme0 of /sys/devices/pci0000:00/0000:02:00.0\n"
	"/sys/class/block/nvme0n1 -> ../../devices/pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1\n"
	"iommu dmar0 "
	"serves=/sys/devices/pci0000:00/0000:01:00.0,/sys/devices/pci0000:00/0000:01:00.1\n";

static const struct system *system_;

static int read_tree(void **state)
{
	system_ = snapshot(TREE, FACTS_CHEAP);
	return 0;
}

static int free_tree(void **state)
{
	system_free(system_);
	return 0;
}

/*
 * The labels of the devices that @selector matches, joined by blanks; the error code's name where
 * it fails.
 */
static const char *matches(const char *selector)
{
	static char labels[512];
	bool chosen[16] = {0};
	struct selection selection = {system_, chosen};
	struct error error = {0};

	if (select_devices(&selection, selector, &error) < 0)
		return error_code_name(error.code);
	labels[0] = '\0';
	for (size_t i = 0; i < system_->device_count; i++) {
		if (!chosen[i])
			continue;
		strcat(labels, *labels ? " " : "");
		strcat(labels, system_->devices[i]->label);
	}
	return labels;
}

static void names_have_a_long_a_short_and_libvirts_form(void **state)
{
	assert_string_equal(matches("0000:01:00.0"), "0000:01:00.0");
	assert_string_equal(matches("01:00.0"), "0000:01:00.0");
	assert_string_equal(matches("pci_0000_01_00_1"), "0000:01:00.1");
	assert_string_equal(matches("pci_0001_01_00_0"), "0001:01:00.0");
}

static void names_are_taken_as_the_kernel_log_prints_them(void **state)
{
	assert_string_equal(matches("[01:00.1]"), "0000:01:00.1");
	assert_string_equal(matches("[0001:01:00.0]"), "0001:01:00.0");
	assert_string_equal(matches("device=0000:02:00.0"), "0000:02:00.0");
	assert_string_equal(matches("0x02:0x00.0"), "0000:02:00.0");
	assert_string_equal(matches("01:00.1]"), "no_match");
	assert_string_equal(matches("[01:00.1"), "no_match");
	assert_string_equal(matches("01:20.0"), "no_match");
	assert_string_equal(matches("01:00.8"), "no_match");
}

/* The device that @selector means for a command that only reads; the remedy where there is none. */
static const char *reads(const char *selector)
{
	static struct error error;
	bool chosen[16] = {0};
	struct selection selection = {system_, chosen, .follows_ghosts = true};

	error = (struct error){0};
	if (select_devices(&selection, selector, &error) < 0)
		return error.remedy;
	if (selection.ghost_of)
		return selection.ghost_of->label;
	return selection.in_slot ? "in its slot" : "itself";
}

static void a_function_that_does_not_exist_leads_to_the_device_that_sends_as_it(void **state)
{
	assert_string_equal(reads("03:00.1"), "0000:03:00.0");
	assert_string_equal(reads("01:00.5"), "in its slot");
	assert_string_equal(reads("01:00.1"), "itself");
	/* Commands that write accept no device in place of another. */
	assert_string_equal(matches("03:00.1"), "no_match");
}

static void no_device_of_another_bus_is_suggested(void **state)
{
	assert_non_null(strstr(reads("02:01.0"), "Did you mean 0000:02:00.0?"));
	assert_non_null(strstr(reads("04:00.0"), "iommuctl show"));
	assert_non_null(strstr(reads("eth1"), "Did you mean eth0"));
}

static void a_name_may_have_its_bus_in_front(void **state)
{
	assert_string_equal(matches("pci:0000:01:00.0"), "0000:01:00.0");
	assert_string_equal(matches("platform:0000:01:00.0"), "no_match");
	assert_string_equal(matches("pci:01:00.0"), "no_match");
}

static void paths_and_links_to_them_name_a_device(void **state)
{
	assert_string_equal(matches("/sys/devices/pci0000:00/0000:02:00.0"), "0000:02:00.0");
	assert_string_equal(matches("/sys/devices/pci0000:00/0000:02:00.0/"), "0000:02:00.0");
	assert_string_equal(matches("/sys/bus/pci/devices/0000:02:00.0"), "0000:02:00.0");
}

static void an_interface_or_disk_of_a_device_names_it(void **state)
{
	assert_string_equal(matches("eth0"), "0000:01:00.0");
	assert_string_equal(matches("nvme0n1"), "0000:02:00.0");
	assert_string_equal(matches("/dev/nvme0n1"), "0000:02:00.0");
	assert_string_equal(matches("nvme0"), "0000:02:00.0");
	assert_string_equal(matches("/dev/nvidia3"), "0000:01:00.1");
	assert_string_equal(matches("nvidia4"), "no_match");
}

static void kinds_match_many(void **state)
{
	assert_string_equal(matches("group:1"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("iommu:dmar0"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("driver:nvme"), "0000:02:00.0");
	assert_string_equal(matches("id:8086:10d3"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("class:0200"), "0000:01:00.0 0000:01:00.1 0001:01:00.0");
	assert_string_equal(matches("class:0108"), "0000:02:00.0");
}

static void a_part_of_ids_or_class_matches_more(void **state)
{
	assert_string_equal(matches("id:8086"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("8086:10d3"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("8086:10d4"), "no_match");
	assert_string_equal(matches("class:01"), "0000:02:00.0 0000:03:00.0");
	assert_string_equal(matches("class:storage"), "0000:02:00.0 0000:03:00.0");
	assert_string_equal(matches("class:NVMe"), "0000:02:00.0");
	assert_string_equal(matches("class:network"), "0000:01:00.0 0000:01:00.1 0001:01:00.0");
	assert_string_equal(matches("class:audio"), "no_match");
}

static void a_slot_means_its_functions(void **state)
{
	assert_string_equal(matches("0000:01:00"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("01:00"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("01:00.*"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("0001:01:00.*"), "0001:01:00.0");
	assert_string_equal(matches("01:01"), "no_match");
	assert_string_equal(matches(".*"), "no_match");
	assert_string_equal(matches("01:00.**"), "no_match");
	assert_string_equal(matches("00000000000000000000000000001:01:00"), "no_match");
	assert_int_equal(select_reach("01:00"), REACH_SLOT);
	assert_int_equal(select_reach("01:00.0"), REACH_DEVICE);
	assert_int_equal(select_reach("8086:10d3"), REACH_ANY);
}

static void words_of_devices_are_of_either_case(void **state)
{
	assert_string_equal(matches("driver:none"), "0000:03:00.0 0001:01:00.0");
	assert_string_equal(matches("DRIVER:vfio_pci"), "0000:01:00.1");
	assert_string_equal(matches("state:Bound"), "0000:01:00.0 0000:01:00.1 0000:02:00.0");
	assert_string_equal(matches("type:dma"), "0000:01:00.0 0000:01:00.1 0000:02:00.0");
	assert_string_equal(matches("type:identity"), "no_match");
	assert_string_equal(matches("dma:blocked"), "no_match");
}

static void a_location_or_a_node_of_a_group_is_a_selector(void **state)
{
	assert_string_equal(matches("pci0000:00/02:00.0"), "no_match");
	assert_string_equal(matches("pci0000:00/00.1"), "0000:01:00.1");
	assert_string_equal(matches("/dev/vfio/12"), "0000:02:00.0");
	assert_string_equal(matches("/dev/vfio/noiommu-12"), "0000:02:00.0");
	assert_string_equal(matches("/dev/vfio/vfio"), "no_match");
	assert_string_equal(matches("vfio0"), "0000:01:00.1");
	assert_string_equal(matches("/dev/vfio/devices/vfio0"), "0000:01:00.1");
	assert_string_equal(matches("vfio1"), "no_match");
	assert_int_equal(select_reach("/dev/vfio/12"), REACH_GROUP);
}

static void nonsense_is_a_usage_error(void **state)
{
	assert_string_equal(matches("group:x"), "usage");
	assert_string_equal(matches("group:"), "usage");
	assert_string_equal(matches("id:80866"), "usage");
	assert_string_equal(matches("id:"), "usage");
	assert_string_equal(matches("id:x"), "usage");
	assert_string_equal(matches("id:8086:"), "usage");
	assert_string_equal(matches("state:awake"), "usage");
	assert_string_equal(matches("dma:fast"), "usage");
	assert_string_equal(matches("class:networks"), "usage");
	assert_string_equal(matches("id:8086:10d3:1"), "usage");
	assert_string_equal(matches("id:18086:10d3"), "usage");
	assert_string_equal(matches("class:2"), "usage");
	assert_string_equal(matches("driver:"), "usage");
}

static void a_missing_device_is_no_match(void **state)
{
	assert_string_equal(matches("group:77"), "no_match");
	assert_string_equal(matches("eth7"), "no_match");
	assert_string_equal(matches(""), "no_match");
	assert_string_equal(matches("id:ffff:ffff"), "no_match");
}

static void near_names_are_offered(void **state)
{
	bool chosen[16] = {0};
	struct selection selection = {system_, chosen};
	struct error error = {0};

	assert_true(select_devices(&selection, "ehh0", &error) < 0);
	assert_non_null(strstr(error.remedy, "eth0"));
	assert_true(select_devices(&selection, "driver:nvne", &error) < 0);
	assert_non_null(strstr(error.remedy, "driver:nvme?"));
	assert_true(select_devices(&selection, "nothing-like-it", &error) < 0);
	assert_non_null(strstr(error.remedy, "iommuctl show"));
}

/* A device behind two IOMMUs: one that is registered, one that only firmware names. */
static const char *matches_of_streams(const char *selector)
{
	struct build *build = build_new();
	struct iommu *smmu = build_iommu(build, "smmu3.0x0000000009050000");
	struct device *device =
		build_device(build, "platform", "a0.virtio", "/sys/devices/platform/a0.virtio");
	struct device *other =
		build_device(build, "platform", "b0.virtio", "/sys/devices/platform/b0.virtio");
	struct stream *stream = build_stream(build, device);
	const struct system *before = system_;
	const char *found;

	smmu->device = "/sys/devices/platform/9050000.smmuv3";
	smmu->kind = IOMMU_KIND_SMMU_V3;
	other->iommu = smmu;
	stream->iommu = smmu;
	stream->id = 0x20;
	stream = build_stream(build, device);
	stream->iommu_name = "/iommu@5f0000";
	stream->id = 0x100;
	stream->mask = 0xf;
	build_stream(build, other)->iommu = smmu;
	system_ = build_seal(build, 0);
	found = matches(selector);
	system_free(system_);
	system_ = before;
	return found;
}

static void a_stream_is_named_with_or_without_its_iommu(void **state)
{
	assert_string_equal(matches_of_streams("stream:0x20"), "a0.virtio");
	assert_string_equal(matches_of_streams("stream:20"), "a0.virtio");
	assert_string_equal(matches_of_streams("stream:smmu3.0x9050000/0x20"), "a0.virtio");
	assert_string_equal(matches_of_streams("stream:9050000.smmuv3/0x20"), "a0.virtio");
	assert_string_equal(matches_of_streams("stream:/iommu@5f0000/0x100"), "a0.virtio");
	assert_string_equal(matches_of_streams("stream:smmu3.0x9050000/0x100"), "no_match");
	assert_string_equal(matches_of_streams("stream:dmar0/0x20"), "no_match");
}

static void a_masked_stream_covers_the_ids_of_its_mask(void **state)
{
	assert_string_equal(matches_of_streams("stream:0x10f"), "a0.virtio");
	assert_string_equal(matches_of_streams("stream:0x110"), "no_match");
}

static void a_stream_is_found_as_the_log_of_an_smmu_prints_it(void **state)
{
	assert_string_equal(matches_of_streams("9050000.smmuv3/0x20"), "a0.virtio");
	assert_string_equal(matches_of_streams("9050000.smmuv3/0xzz"), "no_match");
	assert_string_equal(matches_of_streams("a/b/0x20"), "no_match");
	assert_string_equal(matches_of_streams("/0x20"), "no_match");
	assert_string_equal(matches_of_streams("9050000.smmuv3/20"), "no_match");
}

static void an_iommu_selects_its_devices_by_any_of_its_names(void **state)
{
	assert_string_equal(matches_of_streams("iommu:smmu3.0x0000000009050000"), "b0.virtio");
	assert_string_equal(matches_of_streams("iommu:9050000.smmuv3"), "b0.virtio");
	assert_string_equal(matches_of_streams("iommu:dmar0"), "no_match");
}

static void numbers_that_are_none_are_usage_errors(void **state)
{
	static const char *const wrong[] = {
		"id:123456789:1", "id:xyzw:10d3",     "id:8086:xyzw",	   "id:10000:1",
		"id:8086:10000",  "class:020",	      "class:02xx",	   "class:020000",
		"stream:xyz",	  "stream:100000000", "stream:smmu/0xzzz", "group:-1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_string_equal(matches(wrong[i]), "usage");
}

static void at_most_three_names_are_offered(void **state)
{
	struct build *build = build_new();
	const struct system *before = system_;
	struct selection selection = {NULL};
	bool chosen[8] = {0};
	struct error error = {0};
	static const char *const names[] = {"aa0", "aa1", "aa2", "aa3"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		build_device(
			build, "platform", names[i],
			arena_printf(build_arena(build), "/sys/devices/platform/%s", names[i]));
	system_ = build_seal(build, 0);
	selection = (struct selection){system_, chosen};
	assert_int_equal(select_devices(&selection, "aa9", &error), -EINVAL);
	assert_string_equal(error.remedy, "Did you mean aa0, aa1, aa2?");
	system_free(system_);
	system_ = before;
}

UNIT(select)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_a_long_a_short_and_libvirts_form),
		cmocka_unit_test(names_are_taken_as_the_kernel_log_prints_them),
		cmocka_unit_test(
			a_function_that_does_not_exist_leads_to_the_device_that_sends_as_it),
		cmocka_unit_test(no_device_of_another_bus_is_suggested),
		cmocka_unit_test(a_name_may_have_its_bus_in_front),
		cmocka_unit_test(paths_and_links_to_them_name_a_device),
		cmocka_unit_test(an_interface_or_disk_of_a_device_names_it),
		cmocka_unit_test(kinds_match_many),
		cmocka_unit_test(a_part_of_ids_or_class_matches_more),
		cmocka_unit_test(a_slot_means_its_functions),
		cmocka_unit_test(words_of_devices_are_of_either_case),
		cmocka_unit_test(a_location_or_a_node_of_a_group_is_a_selector),
		cmocka_unit_test(nonsense_is_a_usage_error),
		cmocka_unit_test(a_missing_device_is_no_match),
		cmocka_unit_test(near_names_are_offered),
		cmocka_unit_test(at_most_three_names_are_offered),
		cmocka_unit_test(a_stream_is_named_with_or_without_its_iommu),
		cmocka_unit_test(a_masked_stream_covers_the_ids_of_its_mask),
		cmocka_unit_test(a_stream_is_found_as_the_log_of_an_smmu_prints_it),
		cmocka_unit_test(an_iommu_selects_its_devices_by_any_of_its_names),
		cmocka_unit_test(numbers_that_are_none_are_usage_errors),
	};

	return cmocka_run_group_tests(tests, read_tree, free_tree);
}
