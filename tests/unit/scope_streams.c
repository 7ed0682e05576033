/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reading of one device whose stream firmware puts behind this IOMMU or another one. */
#include "sources/read.h"
#include "support/check.h"
#include "support/dmar_table.h"
#include "support/tree.h"

#include <stdio.h>

#define ONE "/sys/devices/pci0000:00/0000:00:01.0"
#define OTHER "/sys/devices/pci0000:00/0000:00:02.0"

/* Each of two cards has an IOMMU of its own, as the kernel says. */
static const char MACHINE[] = "group 1 type=DMA\ngroup 2 type=DMA\n"
			      "pci 0000:00:01.0 in pci0000:00 group=1 driver=e1000e class=20000\n"
			      "pci 0000:00:02.0 in pci0000:00 group=2 driver=e1000e class=20000\n"
			      "iommu dmar0 address=fed90000 serves=" ONE "\n"
			      "iommu dmar1 address=fed91000 serves=" OTHER "\n" ONE
			      "/iommu -> /sys/devices/virtual/iommu/dmar0\n" OTHER
			      "/iommu -> /sys/devices/virtual/iommu/dmar1\n";

/* The machine with a DMAR of one unit for all devices, with its registers at @base. */
static char *machine_with_unit(uint64_t base)
{
	struct blob table = dmar_empty();
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	dmar_add_unit(&table, 0, base, DMAR_INCLUDE_ALL);
	blob_finish(&table);
	fputs(MACHINE, out);
	blob_put(&table, out);
	fclose(out);
	return text;
}

/* The reading of a command about the first card alone. */
static const struct system *read_first(uint64_t base)
{
	const char *const path = ONE;
	const struct focus focus = {.paths = &path, .count = 1, .alone = true};
	_autofree_ char *text = machine_with_unit(base);
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct error e = {0};
	char *dir = tree_new(text);

	assert_int_equal(root_open(dir, &root, &e), 0);
	assert_int_equal(system_read_about(root, FACT_IOMMUS | FACT_STREAMS | FACT_ALL_IOMMUS,
					   &focus, &system, &e),
			 0);
	tree_remove(dir);
	return system;
}

static void a_stream_behind_the_iommu_of_the_device_needs_no_other(void **state)
{
	_autosystem_ const struct system *system = read_first(0xfed90000);

	assert_int_equal(system->device_count, 1);
	assert_int_equal(system->stream_count, 1);
	assert_string_equal(system->streams[0].iommu->name, "dmar0");
	/* Units that are not registered concern no device that has its IOMMU. */
	assert_int_equal(system->iommu_count, 2);
}

static void a_stream_behind_another_iommu_has_the_whole_machine_read(void **state)
{
	_autosystem_ const struct system *system = read_first(0xfed91000);

	assert_int_equal(system->device_count, 2);
	assert_int_equal(system->stream_count, 2);
	assert_string_equal(system->streams[0].iommu->name, "dmar1");
	assert_string_equal(system->streams[1].iommu->name, "dmar1");
}

UNIT(scope_streams)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_behind_the_iommu_of_the_device_needs_no_other),
		cmocka_unit_test(a_stream_behind_another_iommu_has_the_whole_machine_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
