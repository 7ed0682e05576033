/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/firmware_table.h"
#include "firmware/acpi_signatures.h"
#include "sources/firmware/acpi_decoder.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static void each_table_has_its_decoder(void **state)
{
	size_t count, decoder_count;
	const struct firmware_table *tables = firmware_tables(&count);
	const struct acpi_decoder *const *decoders = acpi_decoders(&decoder_count);

	assert_int_equal(count, decoder_count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(decoders[i]->source, tables[i].stream_source);
		assert_true(decoders[i]->size > 0);
		assert_non_null(decoders[i]->parse);
		assert_non_null(decoders[i]->add_rid);
		assert_non_null(decoders[i]->add_named);
		assert_non_null(decoders[i]->describe);
	}
}

static void a_row_is_found_by_its_names(void **state)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);

	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(firmware_table_of(tables[i].stream_source), &tables[i]);
		assert_ptr_equal(firmware_table_named(tables[i].source), &tables[i]);
		assert_string_equal(stream_source_name(tables[i].stream_source), tables[i].source);
		assert_string_equal(strrchr(tables[i].file, '/') + 1, tables[i].signature);
		assert_int_equal(strlen(tables[i].signature), ACPI_SIGNATURE_SIZE);
		assert_false(acpi_signature_is_harmless(tables[i].signature));
	}
	assert_null(firmware_table_of(STREAM_FROM_TOPOLOGY));
	assert_null(firmware_table_named("devicetree"));
}

static void names_of_other_tables_are_known(void **state)
{
	assert_true(acpi_signature_is_harmless("FACP"));
	assert_true(acpi_signature_is_harmless("SSDT12"));
	assert_true(acpi_signature_is_harmless("ASF!"));
	assert_true(acpi_signature_is_harmless("PCC"));
	assert_true(acpi_signature_is_harmless("PCC "));
	assert_false(acpi_signature_is_harmless("PCCX"));
	assert_false(acpi_signature_is_harmless("XMAR"));
	assert_false(acpi_signature_is_harmless("IOVT"));
	assert_false(acpi_signature_is_harmless("NEWT"));
}

/* The answer for a machine whose known tables describe no IOMMU, and one more table. */
static enum device_dma dma_beside(const char *table, const char *hypervisor, enum usage *ret_usage)
{
	enum device_dma dma;
	const struct system *system;
	char tree[512];

	snprintf(tree, sizeof(tree),
		 "/sys/kernel/iommu_groups/\n/sys/firmware/acpi/tables/FACP = x\n"
		 "/sys/firmware/acpi/tables/data/\n/sys/firmware/acpi/tables/%s = x\n"
		 "pci 0000:00:02.0 in pci0000:00 driver=e1000e id=8086:10D3 class=20000\n%s",
		 table, hypervisor);
	system = snapshot(tree, FACT_STREAMS);
	dma = find_device(system, "0000:00:02.0")->dma;
	*ret_usage = system->machine.iommu;
	system_free(system);
	return dma;
}

static void a_table_that_is_not_known_was_not_read(void **state)
{
	enum usage usage;

	assert_int_equal(dma_beside("APIC", "", &usage), DMA_DIRECT);
	assert_int_equal(usage, USAGE_ABSENT);
	assert_int_equal(dma_beside("NEWT", "", &usage), DMA_UNKNOWN);
	assert_int_equal(usage, USAGE_UNKNOWN);
	assert_int_equal(dma_beside("XMAR", "", &usage), DMA_UNKNOWN);
}

/* Kernels of these architectures translate DMA without groups (sources/devices/machine.c). */
static void no_iommu_in_firmware_is_no_answer_where_the_kernel_has_others(void **state)
{
	static const struct {
		const char *lines;
		enum device_dma dma;
	} machines[] = {
		{"x86_64\n", DMA_DIRECT},
		{"ppc64le\n", DMA_UNKNOWN},
		{"sparc64\n", DMA_UNKNOWN},
		{"parisc64\n", DMA_UNKNOWN},
		{"s390x\n", DMA_UNKNOWN},
		{"ppc\n", DMA_DIRECT},
		{"ppc64\n", DMA_DIRECT},
		{"ppc64\n/sys/firmware/devicetree/base/rtas/\n", DMA_UNKNOWN},
		{"ppc64\n/sys/firmware/devicetree/base/ibm,opal/\n", DMA_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		char lines[256];
		enum usage usage;

		snprintf(lines, sizeof(lines), "/proc/sys/kernel/arch = %s", machines[i].lines);
		assert_int_equal(dma_beside("APIC", lines, &usage), machines[i].dma);
	}
}

#define DOM0 "/sys/hypervisor/type = xen\n/proc/xen/capabilities = control_d\n"
#define DOMU "/sys/hypervisor/type = xen\n/proc/xen/capabilities = \n"

/* Xen's drivers/passthrough/vtd/dmar.c; nowhere else are these names known. */
static void a_dmar_that_xen_has_renamed_is_a_dmar_in_its_control_domain(void **state)
{
	static const char *const names[] = {"XMAR", "RMAD"};
	enum usage usage;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(dma_beside(names[i], DOM0, &usage), DMA_UNKNOWN);
		assert_int_equal(usage, USAGE_DISABLED);
		assert_int_equal(dma_beside(names[i], DOMU, &usage), DMA_UNKNOWN);
		assert_int_equal(usage, USAGE_UNKNOWN);
		assert_int_equal(dma_beside(names[i], "", &usage), DMA_UNKNOWN);
		assert_int_equal(usage, USAGE_UNKNOWN);
	}
	/* PVH domains and Arm: the table is not there at all, and Xen may have an IOMMU. */
	assert_int_equal(dma_beside("APIC", DOM0, &usage), DMA_UNKNOWN);
	assert_int_equal(dma_beside("APIC", DOMU, &usage), DMA_DIRECT);
}

static void xen_s_names_for_a_table_are_read_as_that_table(void **state)
{
	static const char *const trees[] = {
		"/sys/kernel/iommu_groups/\n/sys/firmware/acpi/tables/RMAD = x\n" DOM0,
		"/sys/kernel/iommu_groups/\n/sys/firmware/acpi/tables/RMAD = x\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		_autosystem_ const struct system *system = snapshot(trees[i], FACT_STREAMS);

		assert_int_equal(system_source(system, "acpi_tables")->state,
				 i ? SOURCE_MALFORMED : SOURCE_READ);
	}
}

UNIT(firmware_table)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_table_has_its_decoder),
		cmocka_unit_test(a_row_is_found_by_its_names),
		cmocka_unit_test(names_of_other_tables_are_known),
		cmocka_unit_test(a_table_that_is_not_known_was_not_read),
		cmocka_unit_test(no_iommu_in_firmware_is_no_answer_where_the_kernel_has_others),
		cmocka_unit_test(a_dmar_that_xen_has_renamed_is_a_dmar_in_its_control_domain),
		cmocka_unit_test(xen_s_names_for_a_table_are_read_as_that_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
