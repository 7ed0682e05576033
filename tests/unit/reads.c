/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reading opens only the files that its facts need, and none of them twice. */
#include "base/text.h"
#include "model/facts.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <string.h>

#define PORT "/sys/devices/pci0000:00/0000:00:01.0"

/* Two functions in one group, and a device without a group, on a bus where another one has one. */
static const char TREE[] =
	"/sys/firmware/acpi/tables/\n"
	"group 1 type=DMA\n"
	"pci 0000:00:01.0 in pci0000:00 group=0 id=8086:3420 class=60400 header=01 pcie=4 "
	"acs=1d/1d\n"
	"pci 0000:01:00.0 in pci0000:00/0000:00:01.0 group=1 id=8086:10D3 class=20000 header=80 "
	"pcie=0 serial=0011223344556677\n"
	"pci 0000:01:00.1 in pci0000:00/0000:00:01.0 group=1 id=8086:10D3 class=20000 header=80 "
	"pcie=0\n" PORT "/0000:01:00.0/reset_method = flr\n"
	"platform PNP0C0C:00 driver=button\n"
	"platform 20000000.ethernet group=2\n"
	"/sys/devices/platform/PNP0C0C:00/firmware_node/path = \\\\_SB_.PWRB\n"
	"iommu dmar0 serves=" PORT "/0000:01:00.0\n";

/* How often files with that end were read, or a look at them taken. */
struct reads {
	const char *end;
	int count;
};

static void count_reads(void *context, enum root_access access, const char *path, ssize_t result)
{
	struct reads *reads = context;
	size_t length = strlen(path), end = strlen(reads->end);

	if ((access == ROOT_READ || access == ROOT_LOOK || access == ROOT_LINK) && length >= end &&
	    strcmp(path + length - end, reads->end) == 0)
		reads->count++;
}

static int reads_of(const char *end, unsigned facts)
{
	struct reads reads = {.end = end};
	const struct root_watch watch = {.after = count_reads, .context = &reads};
	_autosystem_ const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(TREE);

	assert_int_equal(root_open(dir, &root, &error), 0);
	root_watch(&watch);
	assert_int_equal(system_read(root, facts, &system, &error), 0);
	root_watch(NULL);
	tree_remove(dir);
	return reads.count;
}

static void config_space_serves_two_facts_at_once(void **state)
{
	assert_int_equal(reads_of("/0000:01:00.0/config", FACT_TRAITS), 1);
	assert_int_equal(reads_of("/0000:01:00.0/config", FACT_SERIALS), 1);
	assert_int_equal(reads_of("/0000:01:00.0/config", FACT_TRAITS | FACT_SERIALS), 1);
}

static void the_serial_is_found_along_with_the_reason_of_a_large_group(void **state)
{
	_autosystem_ const struct system *system = snapshot(TREE, FACT_TRAITS | FACT_SERIALS);
	const struct device *one = find_device(system, "0000:01:00.0"),
			    *other = find_device(system, "0000:01:00.1");

	assert_int_equal(one->identity->serial_count, 1);
	assert_string_equal(one->identity->serials[0].value, "00-11-22-33-44-55-66-77");
	assert_int_equal(one->traits->multifunction, ANSWER_YES);
	assert_int_equal(other->identity->serial_count, 0);
	assert_int_equal(other->identity->gaps[SERIAL_PCIE], GAP_NONE);
}

static void only_a_page_on_a_device_needs_its_resets(void **state)
{
	assert_int_equal(reads_of("/reset_method", FACT_TRAITS), 0);
	assert_int_equal(reads_of("/d3cold_allowed", FACT_TRAITS), 0);
	assert_true(reads_of("/reset_method", FACT_TRAITS | FACT_DETAILS) > 0);
}

static void devices_with_a_group_need_no_stream_to_judge_their_dma(void **state)
{
	assert_int_equal(reads_of("/max_link_speed", FACT_DMA), 0);
	assert_true(reads_of("/max_link_speed", FACT_STREAMS) > 0);
}

static void a_path_of_acpi_is_read_only_where_a_table_may_name_it(void **state)
{
	assert_int_equal(reads_of("/firmware_node/path", FACT_DMA), 0);
	assert_int_equal(reads_of("PNP0C0C:00/firmware_node/path", FACT_STREAMS), 1);
	assert_int_equal(reads_of("PNP0C0C:00/firmware_node/path", FACT_FIRMWARE_NODE), 1);
}

/* The device that the IOMMU serves has a group, and its name on another bus has none. */
static void a_name_on_two_buses_is_told_by_the_link(void **state)
{
	_autosystem_ const struct system *system =
		snapshot("pci 0000:00:02.0 in pci0000:00 group=1\n"
			 "platform 20000000.ethernet group=2\n"
			 "/sys/bus/platform/devices/0000:00:02.0 -> "
			 "../../../devices/platform/0000:00:02.0\n"
			 "/sys/devices/platform/0000:00:02.0/uevent = DRIVER=odd\n"
			 "iommu dmar0 serves=/sys/devices/pci0000:00/0000:00:02.0\n",
			 FACT_IOMMUS);
	size_t served = 0;

	assert_int_equal(system->device_count, 3);
	for (size_t i = 0; i < system->device_count; i++)
		if (system->devices[i]->iommu) {
			assert_string_equal(system->devices[i]->bus, "pci");
			served++;
		}
	assert_int_equal(served, 1);
}

UNIT(reads)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_space_serves_two_facts_at_once),
		cmocka_unit_test(the_serial_is_found_along_with_the_reason_of_a_large_group),
		cmocka_unit_test(only_a_page_on_a_device_needs_its_resets),
		cmocka_unit_test(devices_with_a_group_need_no_stream_to_judge_their_dma),
		cmocka_unit_test(a_path_of_acpi_is_read_only_where_a_table_may_name_it),
		cmocka_unit_test(a_name_on_two_buses_is_told_by_the_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
