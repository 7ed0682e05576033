/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/hand_over.h"
#include "model/build.h"
#include "model/facts.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* A machine with one group; devices are added before `judge`, which seals it. */
static struct build *machine;

static struct device *add(const char *name, const char *driver, int class, struct group *group)
{
	struct device *device = build_device(
		machine, "pci", name, arena_printf(build_arena(machine), "/sys/devices/%s", name));

	device->driver = driver;
	device->driver_known = true;
	device->state = driver ? DEVICE_BOUND : DEVICE_UNBOUND;
	device->class = class;
	device->group = group;
	return device;
}

/* The verdict on the device of that name, as "VERDICT COUNT WITH WHY CULPRIT". */
static void expect_verdict(const char *name, const char *expected)
{
	const struct system *system = build_seal(machine, FACTS_HAND_OVER);
	struct hand_overs *overs = hand_overs_new(system);
	struct hand_over found = {0};
	char text[256];

	for (size_t i = 0; i < system->device_count; i++)
		if (strcmp(system->devices[i]->name, name) == 0)
			found = hand_over_of(overs, system->devices[i]);
	snprintf(text, sizeof(text), "%s %zu %s %s %s",
		 found.verdict ? hand_over_verdict_name(found.verdict) : "unknown",
		 found.with_count, found.with ? found.with->name : "-", found.why ? found.why : "-",
		 found.culprit ? found.culprit->name : "-");
	assert_string_equal(text, expected);
	hand_overs_free(overs);
	system_free(system);
}

enum { NIC = 0x020000, PORT = 0x060400, HOST_BRIDGE = 0x060000, ISA_BRIDGE = 0x060100 };

static struct group *new_group(void)
{
	struct group *group;

	machine = build_new();
	build_machine(machine)->kernel = "6.12.1";
	group = build_group(machine, 1);
	group->regions_known = true;
	return group;
}

/* A group with that reserved region, on that kernel; its IOMMU is unread. */
static struct group *group_with_region(enum region_kind kind, const char *kernel)
{
	static struct region region;
	struct group *group = new_group();

	region = (struct region){.start = 0x1000, .end = 0x1fff, .kind = kind};
	build_machine(machine)->kernel = kernel;
	group->regions = &region;
	group->region_count = 1;
	return group;
}

static void regions_are_not_missed_where_firmware_lists_no_memory(void **state)
{
	struct group *group = new_group();

	group->regions_known = false;
	add("nic", "e1000e", NIC, group);
	expect_verdict("nic", "unknown 0 - regions unread -");
	group = new_group();
	group->regions_known = false;
	group->lacks_direct_memory = true;
	add("nic", "e1000e", NIC, group);
	expect_verdict("nic", "alone 0 - - -");
}

static void memory_mapped_1_to_1_stands_in_the_way_where_the_kernel_refuses(void **state)
{
	add("nic", "e1000e", NIC, group_with_region(REGION_DIRECT, "6.12.1"));
	expect_verdict("nic", "no 0 - memory mapped 1:1 -");
	add("nic", "e1000e", NIC, group_with_region(REGION_DIRECT, "6.1.0"));
	expect_verdict("nic", "unknown 0 - memory mapped 1:1 -");
	add("nic", "e1000e", NIC, group_with_region(REGION_DIRECT_RELAXABLE, "6.12.1"));
	expect_verdict("nic", "alone 0 - - -");
	add("nic", "e1000e", NIC, group_with_region(REGION_MSI, "6.12.1"));
	expect_verdict("nic", "alone 0 - - -");
}

static void unread_regions_leave_the_verdict_open(void **state)
{
	struct group *group = new_group();

	group->regions_known = false;
	add("nic", "e1000e", NIC, group);
	expect_verdict("nic", "unknown 0 - regions unread -");
}

static void the_system_s_disk_and_the_boot_display_stay(void **state)
{
	struct group *group = new_group();

	add("nvme", "nvme", 0x010802, group)->has_system_disk = true;
	expect_verdict("nvme", "no 0 - system disk -");
	group = new_group();
	add("vga", "i915", 0x030000, group)->is_boot_display = true;
	add("sound", "snd_hda_intel", 0x040300, group);
	expect_verdict("sound", "no 0 - boot display vga");
}

static void a_bridge_with_a_system_disk_behind_it_does_not_count(void **state)
{
	struct group *group = new_group();

	add("port", "pcieport", PORT, group)->has_system_disk = true;
	add("nic", "e1000e", NIC, group);
	expect_verdict("nic", "alone 0 - - -");
}

static void a_display_that_is_given_is_judged_as_given(void **state)
{
	add("vga", "vfio-pci", 0x030000, new_group())->is_boot_display = true;
	expect_verdict("vga", "given 0 - - -");
}

static void a_device_of_its_own_goes_alone(void **state)
{
	add("nic", "e1000e", NIC, new_group());
	expect_verdict("nic", "alone 0 - - -");
}

static void the_other_functions_come_along_bound_or_not(void **state)
{
	struct group *group = new_group();

	add("nic0", "e1000e", NIC, group);
	add("nic1", NULL, NIC, group);
	expect_verdict("nic0", "with_others 1 nic1 - -");
	group = new_group();
	add("nic0", "e1000e", NIC, group);
	add("nic1", NULL, NIC, group);
	expect_verdict("nic1", "with_others 1 nic0 - -");
}

static void three_functions_name_two_others(void **state)
{
	struct group *group = new_group();

	add("nic0", "e1000e", NIC, group);
	add("nic1", "e1000e", NIC, group);
	add("nic2", "e1000e", NIC, group);
	expect_verdict("nic1", "with_others 2 nic0 - -");
}

static void ports_and_idle_host_bridges_stay(void **state)
{
	struct group *group = new_group();

	add("host", NULL, HOST_BRIDGE, group);
	add("nic", "e1000e", NIC, group);
	add("port", "pcieport", PORT, group);
	expect_verdict("nic", "alone 0 - - -");
	group = new_group();
	add("nic", "e1000e", NIC, group);
	add("port", "pcieport", PORT, group);
	expect_verdict("port", "no 0 - bridge -");
}

static void an_isa_bridge_with_a_driver_in_the_way_comes_along(void **state)
{
	struct group *group = new_group();

	add("isa", "lpc_ich", ISA_BRIDGE, group);
	add("sata", "ahci", 0x010601, group);
	expect_verdict("sata", "with_others 1 isa - -");
}

static void a_bridge_whose_driver_is_in_the_way_cannot_be_moved(void **state)
{
	struct group *group = new_group();

	add("nic", "e1000e", NIC, group);
	add("port", "shpchp", PORT, group);
	expect_verdict("nic", "no 0 - bridge in use port");
}

/* The driver of VMD makes the bus below it, and takes it away when it is unbound. */
static void a_device_that_exists_by_the_driver_of_another_goes_nowhere(void **state)
{
	struct group *group = new_group();

	add("0000:d7:05.5", "vmd", 0x010400, group);
	add("0000:d7:05.5/pci10000:00/disk", "nvme", 0x010802, group);
	expect_verdict("0000:d7:05.5/pci10000:00/disk", "no 0 - parent in use 0000:d7:05.5");
	group = new_group();
	add("0000:d7:05.5", "vmd", 0x010400, group);
	add("0000:d7:05.5/pci10000:00/disk", "nvme", 0x010802, group);
	expect_verdict("0000:d7:05.5", "no 0 - parent in use 0000:d7:05.5");
}

/* A virtio device has no DMA of its own: it comes and goes with its function. */
static void a_part_of_the_device_holds_nothing_up(void **state)
{
	struct group *group = new_group();

	add("card", "virtio-pci", NIC, group);
	build_device(machine, "virtio", "virtio0", "/sys/devices/card/virtio0");
	add("card-2", "e1000e", NIC, group);
	expect_verdict("card", "with_others 1 card-2 - -");
}

static void a_bridge_whose_driver_is_unread_leaves_it_open(void **state)
{
	struct group *group = new_group();

	add("nic", "e1000e", NIC, group);
	add("port", NULL, PORT, group)->driver_known = false;
	expect_verdict("nic", "unknown 0 - group unread -");
}

static void a_given_device_says_what_makes_it_unusable(void **state)
{
	struct group *group = new_group();

	add("gpu", "vfio-pci", 0x030000, group);
	expect_verdict("gpu", "given 0 - - -");
	group = new_group();
	add("gpu", "vfio-pci", 0x030000, group);
	add("sound", "snd_hda_intel", 0x040300, group);
	expect_verdict("gpu", "given 0 - unusable sound");
	group = new_group();
	add("gpu", "vfio-pci", 0x030000, group);
	add("sound", NULL, 0x040300, group)->driver_known = false;
	expect_verdict("gpu", "given 0 - group unread -");
}

static void what_could_not_be_read_is_no_yes(void **state)
{
	add("nic", NULL, NIC, new_group())->driver_known = false;
	expect_verdict("nic", "unknown 0 - driver unread -");
	add("nic", "e1000e", NIC, new_group());
	build_members_unknown(machine);
	expect_verdict("nic", "unknown 0 - group unread -");
	machine = build_new();
	add("nic", "e1000e", NIC, NULL)->group_unknown = true;
	expect_verdict("nic", "unknown 0 - group unread -");
}

static void without_a_group_the_reason_is_said(void **state)
{
	machine = build_new();
	add("nic", NULL, NIC, NULL)->state = DEVICE_DEFERRED;
	expect_verdict("nic", "no 0 - deferred -");
	machine = build_new();
	add("nic", "vfio-pci", NIC, NULL);
	expect_verdict("nic", "given 0 - unusable: no group -");
	machine = build_new();
	build_machine(machine)->hypervisor = HYPERVISOR_XEN_DOM0;
	add("nic", "e1000e", NIC, NULL);
	expect_verdict("nic", "no 0 - Xen has the IOMMU -");
}

static void a_bus_without_a_vfio_driver_gives_nothing(void **state)
{
	struct group *group = new_group();
	struct device *device = build_device(machine, "virtio", "virtio0", "/sys/devices/virtio0");

	device->driver_known = true;
	device->group = group;
	expect_verdict("virtio0", "no 0 - no VFIO driver -");
}

static void an_iommu_without_mappings_serves_no_guest(void **state)
{
	struct device *nic = add("nic", "e1000e", NIC, new_group());

	nic->iommu = build_iommu(machine, "iommu0");
	build_find_iommu(machine, "iommu0")->kind = IOMMU_KIND_PAMU;
	expect_verdict("nic", "no 0 - IOMMU maps nothing -");
}

UNIT(hand_over)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_are_not_missed_where_firmware_lists_no_memory),
		cmocka_unit_test(memory_mapped_1_to_1_stands_in_the_way_where_the_kernel_refuses),
		cmocka_unit_test(unread_regions_leave_the_verdict_open),
		cmocka_unit_test(the_system_s_disk_and_the_boot_display_stay),
		cmocka_unit_test(a_bridge_with_a_system_disk_behind_it_does_not_count),
		cmocka_unit_test(a_display_that_is_given_is_judged_as_given),
		cmocka_unit_test(a_device_of_its_own_goes_alone),
		cmocka_unit_test(the_other_functions_come_along_bound_or_not),
		cmocka_unit_test(three_functions_name_two_others),
		cmocka_unit_test(ports_and_idle_host_bridges_stay),
		cmocka_unit_test(an_isa_bridge_with_a_driver_in_the_way_comes_along),
		cmocka_unit_test(a_bridge_whose_driver_is_in_the_way_cannot_be_moved),
		cmocka_unit_test(a_device_that_exists_by_the_driver_of_another_goes_nowhere),
		cmocka_unit_test(a_part_of_the_device_holds_nothing_up),
		cmocka_unit_test(a_bridge_whose_driver_is_unread_leaves_it_open),
		cmocka_unit_test(a_given_device_says_what_makes_it_unusable),
		cmocka_unit_test(what_could_not_be_read_is_no_yes),
		cmocka_unit_test(without_a_group_the_reason_is_said),
		cmocka_unit_test(a_bus_without_a_vfio_driver_gives_nothing),
		cmocka_unit_test(an_iommu_without_mappings_serves_no_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
