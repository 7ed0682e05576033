/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of fsl-mc, host1x-context and cdx: their streams come from a map of a device above them.
 */
#include "model/mapped_bus.h"
#include "checks/streams.h"
#include "model/facts.h"
#include "model/select.h"
#include "support/check.h"
#include "support/iort_table.h"

#include <stdio.h>
#include <string.h>

#define BASE "/sys/firmware/devicetree/base/"
#define CELL(number) "\\x00\\x00\\x00\\x" #number
#define END "\\c\n"
#define ABOVE(name, node)                  \
	"platform " name " of=/" node "\n" \
	"/sys/devices/platform/" name "/of_node -> ../../../firmware/devicetree/base/" node "\n"
#define SMMU                                                                                     \
	"/proc/sys/kernel/osrelease = 6.12.30\n"                                                 \
	"/sys/kernel/iommu_groups/\n" ABOVE(                                                     \
		"5000000.iommu",                                                                 \
		"iommu@5000000") "iommu smmu.0x0000000005000000 serves=/sys/devices/none\n"      \
				 "/sys/devices/virtual/iommu/smmu.0x0000000005000000/device -> " \
				 "../../../platform/5000000.iommu\n" BASE                        \
				 "iommu@5000000/compatible = arm,mmu-500\\x00" END BASE          \
				 "iommu@5000000/#iommu-cells = " CELL(01) END BASE               \
		"iommu@5000000/phandle = " CELL(07) END
/* Another SMMU, which is not registered. */
#define SECOND_SMMU                                                                                \
	BASE "iommu@6000000/compatible = arm,mmu-500\\x00" END BASE                                \
	     "iommu@6000000/#iommu-cells = " CELL(01) END BASE "iommu@6000000/phandle = " CELL(08) \
		     END
#define MAP(node) BASE node "/iommu-map = "
#define ENTRY(id, iommu, stream, length) CELL(id) CELL(iommu) CELL(stream) CELL(length)
#define ON_BUS(bus, name, path)                                                     \
	"/sys/bus/" bus "/devices/" name " -> ../../../devices/platform/" path "\n" \
	"/sys/devices/platform/" path "/uevent = \n"
#define DRIVER(path, driver) "/sys/devices/platform/" path "/uevent = DRIVER=" driver "\n"

#define CONTAINER "c000000.fsl-mc/dprc.1"
#define FSL_MC                                          \
	ABOVE("c000000.fsl-mc", "fsl-mc@c000000")       \
	ON_BUS("fsl-mc", "dprc.1", CONTAINER)           \
	ON_BUS("fsl-mc", "dpni.0", CONTAINER "/dpni.0") \
	DRIVER(CONTAINER, "fsl_mc_dprc") DRIVER(CONTAINER "/dpni.0", "fsl_dpaa2_eth")

/* The streams of the device as "IOMMU ID map: error", and its DMA. */
static void expect_stream(const char *tree, const char *label, const char *wanted)
{
	_autosystem_ const struct system *system = snapshot(tree, FACT_STREAMS | FACT_GROUP_TYPE);
	const struct device *device = find_device(system, label);
	char text[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < device->stream_count; i++) {
		const struct stream *stream = &device->streams[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s %d map 0x%x+0x%x (%s) ",
					 stream->iommu_name ? stream->iommu_name : "-",
					 (int)stream->id, stream->map.stream_base,
					 stream->map.length, stream->error ? stream->error : "");
	}
	snprintf(text + used, sizeof(text) - used, "%s", device_dma_name(device->dma));
	assert_string_equal(text, wanted);
}

static void a_container_and_its_members_have_one_of_the_ids_of_the_map(void **state)
{
	static const char tree[] = SMMU FSL_MC MAP("fsl-mc@c000000") ENTRY(17, 07, 20, 29) END;
	static const char one[] = "smmu.0x0000000005000000 -1 map 0x20+0x29 (no file of the kernel "
				  "shows the device's ICID: it is one of 0x20-0x48) lost";

	expect_stream(tree, "dprc.1", one);
	expect_stream(tree, "dpni.0", one);
}

static void maps_of_several_entries_name_the_iommu_that_all_lead_to(void **state)
{
	static const char hidden[] = "(no file of the kernel shows the device's ICID) lost";
	char wanted[256];

	snprintf(wanted, sizeof(wanted), "smmu.0x0000000005000000 -1 map 0x0+0x0 %s", hidden);
	expect_stream(SMMU SECOND_SMMU FSL_MC MAP("fsl-mc@c000000") ENTRY(17, 07, 20, 02)
			      ENTRY(30, 07, 30, 01) END,
		      "dpni.0", wanted);
	snprintf(wanted, sizeof(wanted), "- -1 map 0x0+0x0 %s", hidden);
	expect_stream(SMMU SECOND_SMMU FSL_MC MAP("fsl-mc@c000000") ENTRY(17, 07, 20, 02)
			      ENTRY(30, 08, 30, 01) END,
		      "dpni.0", wanted);
}

/* The kernel's own devicetrees have this map: the boot loader has to fill it. */
static void a_map_that_the_boot_loader_did_not_fill_gives_no_iommu(void **state)
{
	expect_stream(SMMU FSL_MC MAP("fsl-mc@c000000") ENTRY(00, 07, 00, 00) END, "dpni.0",
		      "- -1 map 0x0+0x0 (no entry of iommu-map covers an ID, so the kernel gives "
		      "the device no IOMMU) direct");
}

static void without_a_map_dma_is_direct(void **state)
{
	expect_stream(SMMU FSL_MC BASE "fsl-mc@c000000/compatible = fsl,qoriq-mc\\x00" END,
		      "dpni.0", "direct");
}

static void a_host1x_context_has_the_id_of_its_number(void **state)
{
	static const char tree[] = SMMU ABOVE("13e00000.host1x", "host1x@13e00000")
		ON_BUS("host1x-context", "host1x-ctx.1", "13e00000.host1x/host1x-ctx.1")
			ON_BUS("host1x-context", "host1x-ctx.2", "13e00000.host1x/host1x-ctx.2")
				MAP("host1x@13e00000") ENTRY(00, 07, 35, 01) ENTRY(01, 07, 36, 01)
					END;

	expect_stream(tree, "host1x-ctx.1", "smmu.0x0000000005000000 54 map 0x36+0x1 () idle");
	expect_stream(tree, "host1x-ctx.2",
		      "- -1 map 0x0+0x0 (no entry of iommu-map covers the ID 0x2, so the kernel "
		      "gives the device no IOMMU) direct");
}

/* A device of cdx is below a device for its bus, which is on cdx as well. */
static void the_map_of_a_cdx_device_is_that_of_the_controller(void **state)
{
	expect_stream(SMMU ABOVE("a0000000.cdx", "cdx@a0000000")
			      ON_BUS("cdx", "cdx-00", "a0000000.cdx/cdx-00")
				      ON_BUS("cdx", "cdx-00:01", "a0000000.cdx/cdx-00/cdx-00:01")
					      MAP("cdx@a0000000") ENTRY(10, 07, 40, 08) END,
		      "cdx-00:01",
		      "smmu.0x0000000005000000 -1 map 0x40+0x8 (no file of the kernel shows the "
		      "device's requester ID: it is one of 0x40-0x47) idle");
}

static void a_hidden_id_is_no_finding(void **state)
{
	_autosystem_ const struct system *system =
		snapshot(SMMU FSL_MC MAP("fsl-mc@c000000") ENTRY(17, 07, 20, 29) END, FACT_STREAMS);
	_autoarena_ struct arena *arena = arena_new();

	assert_int_equal(
		streams_findings(system, streams_overlaps(system, arena), NULL, arena).count, 0);
}

static bool selects(const struct system *system, const char *selector, const char *label)
{
	_autoarena_ struct arena *arena = arena_new();
	struct selection selection = {
		.system = system,
		.chosen = arena_array(arena, system->device_count, sizeof(bool)),
	};
	struct error error = {0};

	return select_devices(&selection, selector, &error) == 0 &&
	       selection.chosen[find_device(system, label)->index];
}

static void a_stream_of_the_range_leads_to_the_devices(void **state)
{
	_autosystem_ const struct system *system =
		snapshot(SMMU FSL_MC MAP("fsl-mc@c000000") ENTRY(17, 07, 20, 29) END, FACT_STREAMS);

	assert_true(selects(system, "stream:0x20", "dpni.0"));
	assert_true(selects(system, "stream:0x48", "dprc.1"));
	assert_false(selects(system, "stream:0x49", "dprc.1"));
	assert_false(selects(system, "stream:0x1f", "dprc.1"));
}

/* A tree with the table as a file, and the fsl-mc devices below an ACPI device. */
static char *tree_with_iort(struct blob *blob)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fputs("/sys/kernel/iommu_groups/\n", out);
	blob_put(blob, out);
	fputs("platform NXP0008:00\n"
	      "/sys/devices/platform/NXP0008:00/firmware_node/path = \\\\_SB_.MCE0\n"
	      "iommu smmu3.0x0000000009050000 serves=/sys/devices/none\n" ON_BUS(
		      "fsl-mc", "dpni.0", "NXP0008:00/dprc.1/dpni.0")
		      DRIVER("NXP0008:00/dprc.1/dpni.0", "fsl_dpaa2_eth"),
	      out);
	fclose(out);
	return text;
}

static void acpi_names_the_smmu_of_the_ranges(void **state)
{
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 0x9050000);
	_autofree_ char *tree = NULL;

	iort_add_mapping(&blob, iort_add_named(&blob, "\\_SB_.MCE0"), 0x17, 0x28, 0x17, smmu, 0);
	blob_finish(&blob);
	tree = tree_with_iort(&blob);
	expect_stream(tree, "dpni.0",
		      "smmu3.0x0000000009050000 -1 map 0x17+0x29 (no file of the kernel shows the "
		      "device's ICID) lost");
}

/* A PCI device may have a node with "iommus": the kernel ignores that, and reads the bridge's map.
 */
static void own_nodes_of_pci_devices_do_not_crowd_out_the_map(void **state)
{
	expect_stream(SMMU ABOVE("6000000.pcie",
				 "pcie@6000000") "pci 0000:00:00.0 in "
						 "platform/6000000.pcie/pci0000:00 driver=wifi "
						 "of=/pcie@6000000/wifi@0\n" BASE
						 "pcie@6000000/wifi@0/iommus = " CELL(07) CELL(01)
							 END MAP("pcie@6000000")
								 ENTRY(00, 07, 20, 29) END,
		      "0000:00:00.0", "smmu.0x0000000005000000 32 map 0x20+0x29 () lost");
}

UNIT(mapped_bus)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_and_its_members_have_one_of_the_ids_of_the_map),
		cmocka_unit_test(maps_of_several_entries_name_the_iommu_that_all_lead_to),
		cmocka_unit_test(a_map_that_the_boot_loader_did_not_fill_gives_no_iommu),
		cmocka_unit_test(without_a_map_dma_is_direct),
		cmocka_unit_test(a_host1x_context_has_the_id_of_its_number),
		cmocka_unit_test(the_map_of_a_cdx_device_is_that_of_the_controller),
		cmocka_unit_test(a_hidden_id_is_no_finding),
		cmocka_unit_test(a_stream_of_the_range_leads_to_the_devices),
		cmocka_unit_test(acpi_names_the_smmu_of_the_ranges),
		cmocka_unit_test(own_nodes_of_pci_devices_do_not_crowd_out_the_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
