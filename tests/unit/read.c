/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From files to a snapshot: each source, and its entry where a file could not be read. */
#include "sources/read.h"
#include "model/facts.h"
#include "support/check.h"
#include "support/hang.h"
#include "support/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char NIC[] =
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n";

static enum source_state state_of(const struct system *system, const char *source)
{
	const struct source *found = system_source(system, source);

	assert_non_null(found);
	return found->state;
}

static void a_device_has_the_facts_of_its_files(void **state)
{
	const struct system *system = snapshot(
		"group 1 type=DMA-FQ regions=\"0x00000000fee00000 0x00000000feefffff msi\"\n"
		"pci 0000:01:00.0 in pci0000:00 group=1 driver=vfio-pci id=8086:10D3 class=20000 "
		"override=vfio-pci numa=1\n"
		"/iommuctl/names = 8086:10d3\\tIntel Corporation\\t82574L\n"
		"/dev/vfio/1 = \n",
		FACTS_CHEAP);
	const struct device *device = find_device(system, "0000:01:00.0");

	assert_string_equal(device->driver, "vfio-pci");
	assert_string_equal(device->driver_override, "vfio-pci");
	assert_int_equal(device->vendor_id, 0x8086);
	assert_int_equal(device->device_id, 0x10d3);
	assert_int_equal(device->class, 0x020000);
	assert_int_equal(device->numa_node, 1);
	assert_string_equal(device->vendor_name, "Intel Corporation");
	assert_string_equal(device->device_name, "82574L");
	assert_int_equal(device->state, DEVICE_BOUND);
	assert_int_equal(device->dma, DMA_TRANSLATED);
	assert_string_equal(device->group->vfio_node, "/dev/vfio/1");
	assert_int_equal(device->group->region_count, 1);
	assert_true(device->group->regions[0].end == 0xfeefffff);
	assert_int_equal(device->group->regions[0].kind, REGION_MSI);
	system_free(system);
}

/* Linux 7.3 makes the entry of the class also without CONFIG_VFIO_DEVICE_CDEV. */
static void a_character_device_of_vfio_is_proven_by_its_node_or_number(void **state)
{
#define FOLDER "/sys/devices/pci0000:00/0000:01:00.0/vfio-dev/vfio0"
	static const struct {
		const char *files;
		bool cdev;
	} cases[] = {{"", false},
		     {FOLDER "/dev = 511:0\n", true},
		     {"/dev/vfio/devices/vfio0 = \n", true},
		     {"/dev/vfio/devices/vfio1 = \n", false}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_autofree_ char *text = NULL;
		const struct system *system;

		assert_true(asprintf(&text,
				     "%s" FOLDER "/\n/sys/class/vfio-dev/vfio0 -> ../../.." FOLDER
				     "\n%s",
				     NIC, cases[i].files) > 0);
		system = snapshot(text, FACT_VFIO);
		assert_string_equal(find_device(system, "0000:01:00.0")->vfio_dev, "vfio0");
		assert_int_equal(find_device(system, "0000:01:00.0")->vfio_cdev, cases[i].cdev);
		system_free(system);
	}
#undef FOLDER
}

static void an_unset_override_is_none(void **state)
{
	const struct system *system = snapshot(NIC, FACT_OVERRIDE);

	assert_null(find_device(system, "0000:01:00.0")->driver_override);
	system_free(system);
}

static void only_what_is_asked_for_is_known(void **state)
{
	const struct system *system = snapshot(NIC, 0);
	const struct device *device = find_device(system, "0000:01:00.0");

	assert_int_equal(device->group->id, 1);
	assert_null(device->driver);
	assert_false(device->driver_known);
	assert_int_equal(device->vendor_id, -1);
	assert_int_equal(state_of(system, "hwdb"), SOURCE_SKIPPED);
	assert_int_equal(state_of(system, "vfio"), SOURCE_SKIPPED);
	system_free(system);
}

static void buses_without_grouped_devices_are_left_out(void **state)
{
	const struct system *system =
		snapshot("platform button\nplatform lamp\namba uart group=3\namba other\n"
			 "pci 0000:00:00.0 in pci0000:00\n",
			 0);

	assert_int_equal(system->device_count, 3);
	find_device(system, "uart");
	find_device(system, "other");
	find_device(system, "0000:00:00.0");
	system_free(system);
}

static void cpus_and_memory_blocks_are_not_visited(void **state)
{
	const struct system *system = snapshot(
		"/sys/bus/cpu/devices/cpu0 -> ../../../devices/system/cpu/cpu0\n"
		"/sys/devices/system/cpu/cpu0/iommu_group -> ../../../../kernel/iommu_groups/0\n",
		0);

	assert_int_equal(system->device_count, 0);
	system_free(system);
}

static void none_and_unreadable_are_different_answers(void **state)
{
	const struct system *system = snapshot("/sys/kernel/iommu_groups/\n", FACT_DEFERRAL);

	assert_int_equal(state_of(system, "iommu_groups"), SOURCE_READ);
	assert_int_equal(state_of(system, "devices_deferred"), SOURCE_ABSENT);
	system_free(system);
	system = snapshot("/sys/kernel/\n", 0);
	assert_int_equal(state_of(system, "iommu_groups"), SOURCE_ABSENT);
	system_free(system);
	system = snapshot("/sys/bus/\n", 0);
	assert_int_equal(state_of(system, "iommu_groups"), SOURCE_MALFORMED);
	system_free(system);
}

static void a_driverless_device_is_deferred_only_where_the_kernel_lists_it(void **state)
{
	static const char devices[] =
		"pci 0000:00:01.0 in pci0000:00\npci 0000:00:02.0 in pci0000:00\n";
	_autofree_ char *listed = NULL;
	const struct system *system;

	assert_true(asprintf(&listed,
			     "%s/sys/kernel/debug/devices_deferred = 0000:00:01.0\\treason "
			     "of\\nmany lines\n",
			     devices) > 0);
	system = snapshot(listed, FACT_DEFERRAL);
	assert_int_equal(find_device(system, "0000:00:01.0")->state, DEVICE_DEFERRED);
	assert_int_equal(find_device(system, "0000:00:02.0")->state, DEVICE_UNBOUND);
	system_free(system);
	system = snapshot(devices, FACT_DEFERRAL);
	assert_int_equal(find_device(system, "0000:00:01.0")->state, DEVICE_UNKNOWN);
	system_free(system);
}

static void interfaces_are_found_at_any_depth(void **state)
{
	const struct system *system = snapshot(
		"pci 0000:00:17.0 in pci0000:00\n"
		"/sys/class/block/sda -> "
		"../../devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda\n"
		"/sys/class/block/sda10 -> "
		"../../devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/"
		"sda10\n"
		"/sys/class/block/sda2 -> "
		"../../devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/"
		"sda2\n"
		"/sys/class/net/lo -> ../../devices/virtual/net/lo\n",
		FACT_INTERFACES);
	const struct device *device = find_device(system, "0000:00:17.0");

	assert_int_equal(device->interface_count, 3);
	assert_string_equal(device->interfaces[0], "sda");
	assert_string_equal(device->interfaces[1], "sda2");
	assert_string_equal(device->interfaces[2], "sda10");
	system_free(system);
}

static void iommus_are_known_by_address_not_by_number(void **state)
{
	const struct system *system = snapshot(
		"pci 0000:00:01.0 in pci0000:00 group=1\n"
		"platform 9050000.smmuv3\n"
		"iommu dmar3 address=fed90000 serves=/sys/devices/pci0000:00/0000:00:01.0\n"
		"iommu smmu3.0x0000000009050000 device=/sys/devices/platform/9050000.smmuv3\n"
		"/sys/devices/platform/9050000.smmuv3/of_node -> "
		"../../../firmware/devicetree/base/smmuv3@9050000\n",
		FACT_IOMMUS);

	assert_int_equal(system->iommu_count, 2);
	assert_string_equal(system->iommus[0]->identity, "dmar@fed90000");
	assert_int_equal(system->iommus[0]->kind, IOMMU_KIND_INTEL);
	assert_int_equal(system->iommus[0]->device_count, 1);
	assert_ptr_equal(find_device(system, "0000:00:01.0")->iommu, system->iommus[0]);
	assert_int_equal(system->iommus[1]->kind, IOMMU_KIND_SMMU_V3);
	assert_string_equal(system->iommus[1]->device, "/sys/devices/platform/9050000.smmuv3");
	assert_string_equal(system->iommus[1]->firmware_node, "/smmuv3@9050000");
	system_free(system);
}

static void a_malformed_region_makes_the_groups_partial(void **state)
{
	const struct system *system = snapshot("group 1 regions=\"0x0 banana\"\n", FACT_REGIONS);

	assert_int_equal(state_of(system, "iommu_groups"), SOURCE_PARTIAL);
	assert_false(system_group(system, 1)->regions_known);
	system_free(system);
}

static void a_name_that_is_no_number_is_no_group(void **state)
{
	const struct system *system =
		snapshot("/sys/kernel/iommu_groups/abc/type = DMA\n"
			 "/sys/kernel/iommu_groups/99999999999/type = DMA\ngroup 3\n",
			 0);

	assert_int_equal(system->group_count, 1);
	system_free(system);
}

/* The usage that command line and tables give for a machine without groups. */
static enum usage usage_of(const char *text)
{
	const struct system *system = snapshot(text, 0);
	enum usage usage = system->machine.iommu;

	system_free(system);
	return usage;
}

static void a_machine_without_groups_says_why(void **state)
{
	assert_int_equal(usage_of("group 1\n"), USAGE_ENABLED);
	assert_int_equal(
		usage_of("/sys/kernel/iommu_groups/\n/sys/firmware/acpi/tables/DMAR = x\n"),
		USAGE_DISABLED);
	assert_int_equal(usage_of("/sys/kernel/iommu_groups/\n/sys/firmware/acpi/tables/\n"),
			 USAGE_ABSENT);
	assert_int_equal(
		usage_of("/sys/kernel/iommu_groups/\n/sys/firmware/acpi/tables/IORT = x\n"),
		USAGE_UNKNOWN);
	assert_int_equal(usage_of("/sys/\n"), USAGE_UNKNOWN);
}

static void the_command_line_decides_the_default_domain_by_whole_words(void **state)
{
	static const struct {
		const char *arch, *line, *domain;
	} cases[] = {{"x86_64", "iommu=pt", "identity"},
		     {"aarch64", "iommu=pt", NULL},
		     {"aarch64", "a iommu.passthrough=1 b", "identity"},
		     {"x86_64", "xiommu=pt", NULL},
		     {"x86_64", "iommu=ptx", NULL},
		     {"x86_64", "iommu.passthrough=0", "translated"},
		     {"x86_64", "quiet", NULL}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_autofree_ char *text = NULL;
		const struct system *system;

		assert_true(asprintf(&text,
				     "/proc/cmdline = %s\n/proc/sys/kernel/arch = %s\n/sys/\n",
				     cases[i].line, cases[i].arch) > 0);
		system = snapshot(text, 0);
		if (cases[i].domain)
			assert_string_equal(system->machine.default_domain, cases[i].domain);
		else
			assert_null(system->machine.default_domain);
		system_free(system);
	}
}

/* A folder in the place of the file: the reason is not that there is none. */
static void a_command_line_that_cannot_be_read_says_why(void **state)
{
	const struct system *system = snapshot("/proc/cmdline/\n/sys/\n", 0);

	assert_null(system->machine.command_line);
	assert_int_equal(state_of(system, "cmdline"), SOURCE_MALFORMED);
	assert_non_null(strstr(system_source(system, "cmdline")->detail, strerror(EISDIR)));
	system_free(system);
	system = snapshot("/sys/\n", 0);
	assert_int_equal(state_of(system, "cmdline"), SOURCE_ABSENT);
	system_free(system);
	system = snapshot("/proc/cmdline = \n/sys/\n", 0);
	assert_string_equal(system->machine.command_line, "");
	assert_int_equal(state_of(system, "cmdline"), SOURCE_READ);
	system_free(system);
}

static void
a_locked_attribute_makes_the_devices_partial_and_the_driver_link_still_answers(void **state)
{
	char *dir = tree_new(NIC);
	const struct system *system;
	_autoroot_ struct root *root = NULL;
	struct error error;

	assert_int_equal(root_open(dir, &root, &error), 0);
	hang_at("/sys/devices/pci0000:00/0000:01:00.0/uevent");
	assert_int_equal(system_read(root, FACT_IDS, &system, &error), 0);
	hang_nowhere();
	assert_int_equal(state_of(system, "bus_devices"), SOURCE_PARTIAL);
	assert_true(system_source(system, "bus_devices")->busy);
	assert_string_equal(find_device(system, "0000:01:00.0")->driver, "e1000e");
	system_free(system);
	tree_remove(dir);
}

UNIT(read)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_has_the_facts_of_its_files),
		cmocka_unit_test(a_character_device_of_vfio_is_proven_by_its_node_or_number),
		cmocka_unit_test(an_unset_override_is_none),
		cmocka_unit_test(only_what_is_asked_for_is_known),
		cmocka_unit_test(buses_without_grouped_devices_are_left_out),
		cmocka_unit_test(cpus_and_memory_blocks_are_not_visited),
		cmocka_unit_test(none_and_unreadable_are_different_answers),
		cmocka_unit_test(a_driverless_device_is_deferred_only_where_the_kernel_lists_it),
		cmocka_unit_test(interfaces_are_found_at_any_depth),
		cmocka_unit_test(iommus_are_known_by_address_not_by_number),
		cmocka_unit_test(a_malformed_region_makes_the_groups_partial),
		cmocka_unit_test(a_name_that_is_no_number_is_no_group),
		cmocka_unit_test(a_machine_without_groups_says_why),
		cmocka_unit_test(the_command_line_decides_the_default_domain_by_whole_words),
		cmocka_unit_test(a_command_line_that_cannot_be_read_says_why),
		cmocka_unit_test(
			a_locked_attribute_makes_the_devices_partial_and_the_driver_link_still_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
