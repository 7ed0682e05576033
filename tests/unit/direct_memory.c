/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which groups may have memory mapped 1:1, by firmware: the regions of the others are not read;
 * what doctor says of them. */
#include "checks/doctor.h"
#include "firmware/ivrs.h"
#include "model/facts.h"
#include "support/check.h"
#include "support/dmar_table.h"
#include "support/iort_table.h"

#include <stdio.h>
#include <string.h>

enum { FACTS = FACT_OBSTACLES };

#define REGIONS " type=DMA regions=\"0x0000000000001000 0x0000000000001fff direct\"\n"

/* A USB controller, a card behind a port and the card beside it, each in a group of its own. */
static const char DEVICES[] =
	"group 1" REGIONS "group 2" REGIONS "group 3" REGIONS
	"pci 0000:00:14.0 in pci0000:00 group=1 driver=xhci_hcd class=c0330\n"
	"pci 0000:00:1c.0 in pci0000:00 class=60400\n"
	"pci 0000:01:00.0 in pci0000:00/0000:00:1c.0 group=2 driver=e1000e class=20000\n"
	"pci 0000:01:00.1 in pci0000:00/0000:00:1c.0 group=3 driver=e1000e class=20000\n";

#define INTEL "iommu dmar0 serves=/sys/devices/none\n"
#define AMD "iommu ivhd0 serves=/sys/devices/none\n"
#define SMMU "iommu smmu.0x0000000009050000 serves=/sys/devices/none\n"
#define SMMU_V3 "iommu smmu3.0x0000000009060000 serves=/sys/devices/none\n"

/* A snapshot of the devices, @lines and @table, which may be NULL. */
static const struct system *machine(const char *lines, struct blob *table, unsigned facts)
{
	const struct system *system;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fprintf(out, "%s%s", DEVICES, lines);
	if (table) {
		blob_finish(table);
		blob_put(table, out);
	}
	fclose(out);
	system = snapshot(text, facts);
	free(text);
	return system;
}

/*
 * The groups whose regions were read, as "1 3". The regions of a group are known, or it is known
 * that it needs none: never both.
 */
static const char *groups_read(const char *lines, struct blob *table)
{
	static char text[64];
	const struct system *system = machine(lines, table, FACTS);

	text[0] = '\0';
	for (size_t i = 0; i < system->group_count; i++) {
		const struct group *group = system->groups[i];
		size_t length = strlen(text);

		assert_int_equal(group->regions_known, !group->lacks_direct_memory);
		assert_int_equal(group->region_count, group->regions_known);
		if (group->regions_known)
			snprintf(text + length, sizeof(text) - length, "%s%d", length ? " " : "",
				 group->id);
	}
	system_free(system);
	return text;
}

static struct blob dmar(uint8_t type, uint8_t bus, const char *path)
{
	struct blob blob = dmar_empty();

	dmar_add_unit(&blob, 0, 0xfed90000, DMAR_INCLUDE_ALL);
	if (path)
		dmar_add_scope(&blob, dmar_add_memory(&blob, 0, 0x1000, 0x1fff), type, 0, bus,
			       path);
	return blob;
}

static void a_dmar_names_the_devices_of_its_memory(void **state)
{
	static const struct {
		uint8_t type, bus;
		const char *path, *read;
	} cases[] = {
		{0, 0, NULL, ""},
		{DMAR_SCOPE_ENDPOINT, 0, "14.0", "1"},
		{DMAR_SCOPE_ENDPOINT, 0, "1c.0/0.1", "3"},
		/* the device's own bus in place of the root bus */
		{DMAR_SCOPE_ENDPOINT, 1, "0.0", "2"},
		{DMAR_SCOPE_ENDPOINT, 2, "0.0", ""},
		{DMAR_SCOPE_BRIDGE, 0, "1c.0", "1 2 3"},
		{DMAR_SCOPE_HPET, 0, "14.0", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct blob table = dmar(cases[i].type, cases[i].bus, cases[i].path);

		assert_string_equal(groups_read(INTEL, &table), cases[i].read);
	}
}

static void an_isa_bridge_and_a_device_of_another_bus_may_have_memory(void **state)
{
	static const char others[] =
		INTEL "group 4" REGIONS "group 5" REGIONS
		      "pci 0000:00:1f.0 in pci0000:00 group=4 class=60100\nplatform i2c group=5\n";
	struct blob none = dmar(0, 0, NULL), some = dmar(DMAR_SCOPE_ENDPOINT, 0, "3.0");

	assert_string_equal(groups_read(others, &none), "4");
	assert_string_equal(groups_read(others, &some), "4 5");
}

/* A table with one block (IVMD) of devices @first to @last. */
static struct blob ivrs(uint8_t flags, uint16_t first, uint16_t last)
{
	enum { IVHD = 0x10, IVHD_SIZE = 24, IVMD_RANGE = 0x22, IVMD_SIZE = 32, IOMMU_ID = 2 };
	struct blob blob = blob_table("IVRS", 48);
	size_t start = blob.length;

	blob_u8(&blob, IVHD);
	blob_zeros(&blob, start + IVHD_SIZE);
	blob_set(&blob, start + 2, 2, IVHD_SIZE);
	blob_set(&blob, start + 4, 2, IOMMU_ID);
	start = blob.length;
	blob_u8(&blob, IVMD_RANGE);
	blob_u8(&blob, flags);
	blob_u16(&blob, IVMD_SIZE);
	blob_u16(&blob, first);
	blob_u16(&blob, last);
	blob_zeros(&blob, start + IVMD_SIZE);
	blob_set(&blob, start + 16, 8, 0x1000);
	blob_set(&blob, start + 24, 8, 0x1000);
	return blob;
}

static void an_ivrs_names_a_range_of_device_ids(void **state)
{
	static const struct {
		uint8_t flags;
		uint16_t first, last;
		const char *read;
	} cases[] = {
		{IVRS_MEMORY_UNITY, 0x00a0, 0x00a0, "1"},
		{IVRS_MEMORY_EXCLUSION, 0x0100, 0x01ff, "2 3"},
		{IVRS_MEMORY_UNITY, 0, 0xffff, "1 2 3"},
		{IVRS_MEMORY_UNITY, 0x0102, 0x01ff, ""},
		{IVRS_MEMORY_READ, 0, 0xffff, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct blob table = ivrs(cases[i].flags, cases[i].first, cases[i].last);

		assert_string_equal(groups_read(AMD, &table), cases[i].read);
	}
}

static struct blob iort(bool memory, uint32_t flags)
{
	enum { RMR_SIZE = 48 };
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 0x9060000), rmr;

	if (!memory)
		return blob;
	rmr = iort_add(&blob, IORT_RMR, RMR_SIZE);
	blob_set(&blob, rmr + 16, 4, flags);
	blob_set(&blob, rmr + 20, 4, 1);
	blob_set(&blob, rmr + 24, 4, 28);
	blob_set(&blob, rmr + 28, 8, 0x80000000);
	blob_set(&blob, rmr + 36, 8, 0x10000);
	iort_add_mapping(&blob, rmr, 0, 3, 0x30, smmu, 0);
	return blob;
}

static void an_iort_with_memory_that_must_stay_is_about_any_device(void **state)
{
	struct blob none = iort(false, 0), stays = iort(true, 0), may_go = iort(true, 1);

	assert_string_equal(groups_read(SMMU_V3, &none), "");
	assert_string_equal(groups_read(SMMU, &none), "");
	assert_string_equal(groups_read(SMMU_V3, &stays), "1 2 3");
	assert_string_equal(groups_read(SMMU SMMU_V3, &may_go), "");
}

#define NODE "/sys/firmware/devicetree/base/gpu@4"
#define GPU                                                       \
	SMMU "group 4" REGIONS "platform gpu group=4 of=/gpu@4\n" \
	     "/sys/devices/platform/gpu/of_node -> ../../../firmware/devicetree/base/gpu@4\n"

static void a_node_may_name_memory(void **state)
{
	assert_string_equal(groups_read(GPU NODE "/compatible = gpu\n", NULL), "");
	assert_string_equal(groups_read(GPU NODE "/memory-region = \\x00\\c\n", NULL), "4");
}

/* Unknown is not none: then the regions of all groups are read. */
static void firmware_that_is_unread_may_list_memory(void **state)
{
	struct blob odd = dmar(0, 0, NULL), none = dmar(0, 0, NULL);

	/* no IOMMU is listed, or one of another kind */
	assert_string_equal(groups_read("", &none), "1 2 3");
	assert_string_equal(groups_read(INTEL "iommu odd0 serves=/sys/devices/none\n", &none),
			    "1 2 3");
	/* the table is missing, for another kind of IOMMU, or malformed */
	assert_string_equal(groups_read(INTEL, NULL), "1 2 3");
	assert_string_equal(groups_read(SMMU "/sys/firmware/acpi/tables/DSDT = x\n", NULL),
			    "1 2 3");
	assert_string_equal(groups_read(INTEL AMD, &none), "1 2 3");
	blob_u16(&odd, 0);
	blob_u16(&odd, 1);
	assert_string_equal(groups_read(INTEL, &odd), "1 2 3");
}

static void regions_that_are_asked_for_are_read(void **state)
{
	struct blob none = dmar(0, 0, NULL);
	const struct system *system = machine(INTEL, &none, FACTS | FACT_REGIONS);

	for (size_t i = 0; i < system->group_count; i++) {
		assert_true(system->groups[i]->regions_known);
		assert_false(system->groups[i]->lacks_direct_memory);
	}
	system_free(system);
	system = machine(INTEL, &none, FACT_GROUP_TYPE);
	for (size_t i = 0; i < system->group_count; i++) {
		assert_false(system->groups[i]->regions_known);
		assert_false(system->groups[i]->lacks_direct_memory);
		assert_string_equal(system->groups[i]->type, "DMA");
	}
	system_free(system);
}

#define KERNEL "/proc/sys/kernel/osrelease = 6.12.1\n"
#define RANGE_GROUP(number, slot, driver)                                                      \
	"group " number " type=DMA regions=\"0x00000000a0000000 0x00000000a0000fff direct\"\n" \
	"pci 0000:" slot ":00.0 in pci0000:00 group=" number " driver=" driver "\n"

static void memory_of_several_groups_is_told_once(void **state)
{
	_autosystem_ const struct system *system = snapshot(
		KERNEL RANGE_GROUP("12", "03", "amdgpu") RANGE_GROUP("17", "08", "igb")
			RANGE_GROUP("14", "05", "igb") RANGE_GROUP("15", "06", "igb") RANGE_GROUP(
				"16", "07",
				"vfio-pci") "group 2 type=DMA regions=\"0x000000003e2e0000 "
					    "0x000000003e2fffff direct\"\n"
					    "pci 0000:02:00.0 in pci0000:00 group=2 driver=x\n",
		DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	static const struct {
		const char *subject;
		size_t devices;
	} expected[] = {{"group 16", 1}, {"group 2", 1}, {"groups 12, 14, 15 and 1 other", 4}};
	size_t found = 0;

	for (size_t i = 0; i < findings.count; i++) {
		if (findings.items[i].code != CODE_MEMORY_FORBIDS)
			continue;
		assert_true(found < ARRAY_SIZE(expected));
		assert_string_equal(findings.items[i].subject, expected[found].subject);
		assert_int_equal(findings.items[i].device_count, expected[found].devices);
		found++;
	}
	assert_int_equal(found, ARRAY_SIZE(expected));
}

UNIT(direct_memory)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dmar_names_the_devices_of_its_memory),
		cmocka_unit_test(an_isa_bridge_and_a_device_of_another_bus_may_have_memory),
		cmocka_unit_test(an_ivrs_names_a_range_of_device_ids),
		cmocka_unit_test(an_iort_with_memory_that_must_stay_is_about_any_device),
		cmocka_unit_test(a_node_may_name_memory),
		cmocka_unit_test(firmware_that_is_unread_may_list_memory),
		cmocka_unit_test(regions_that_are_asked_for_are_read),
		cmocka_unit_test(memory_of_several_groups_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
