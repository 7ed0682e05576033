/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Graphs of groups and of chains of suppliers, for Graphviz. */
#include "views/dot.h"

#include "model/build.h"
#include "support/chain.h"
#include "support/said.h"

#include <string.h>

static struct said said;
static struct error error;

/* @chosen: by index of the device */
static const char *topology_of(const struct system *system, const bool *chosen)
{
	said_start();
	assert_int_equal(dot_print_topology(system, chosen, &error), 0);
	said_end(&said);
	return said.out;
}

static const char *chains_of(struct build *build)
{
	const struct system *system = chain_seal(build);
	const struct deferrals found = deferrals(system, NULL, chain_arena);

	said_start();
	assert_int_equal(dot_print_deferrals(&found, &error), 0);
	said_end(&said);
	system_free(system);
	return said.out;
}

static void must_have(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("no %s in\n%s", words, text);
}

static size_t count_of(const char *text, const char *words)
{
	size_t count = 0;

	for (const char *at = strstr(text, words); at; at = strstr(at + 1, words))
		count++;
	return count;
}

#define PAIR                                                                  \
	"/proc/cmdline = quiet\n/sys/firmware/acpi/tables/\n"                 \
	"group 1\n"                                                           \
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10d3\n" \
	"pci 0000:01:00.1 in pci0000:00 group=1 id=8086:10d3\n"               \
	"group 2 type=identity\n"                                             \
	"pci 0000:02:00.0 in pci0000:00 group=2 driver=nvme id=144d:a808\n"   \
	"pci 0000:03:00.0 in pci0000:00 id=1234:1111\n"                       \
	"platform a000000.uart driver=uart\n"

static void a_group_is_a_frame_around_its_chosen_members(void **state)
{
	_autosystem_ const struct system *system = snapshot(PAIR, FACT_IDS | FACT_GROUP_TYPE);
	const char *text = topology_of(system, (const bool[]){true, false, false, false, false});

	must_have(text, "subgraph cluster_1 {");
	must_have(text, "label=\"group 1, DMA\";");
	must_have(text, "\t\"0000:01:00.0\" [label=\"0000:01:00.0\\ne1000e\"];\n");
	assert_null(strstr(text, "0000:01:00.1"));
	assert_null(strstr(text, "0000:02:00.0"));
}

static void a_type_that_could_not_be_read_is_a_question_mark(void **state)
{
	struct build *build = build_new();
	struct device *device = build_device(build, "pci", "a", "/sys/devices/a");
	const struct system *system;

	device->group = build_group(build, 4);
	system = build_seal(build, FACT_IDS);
	must_have(topology_of(system, (const bool[]){true}), "\\n? | group 4, ?\"");
	system_free(system);
}

static void a_group_of_one_device_is_its_node(void **state)
{
	_autosystem_ const struct system *system = snapshot(PAIR, FACT_IDS | FACT_GROUP_TYPE);
	const char *text = topology_of(system, (const bool[]){false, false, true, false, false});

	must_have(text, "\t\"0000:02:00.0\" [label=\"0000:02:00.0\\nnvme | group 2, identity\", "
			"fillcolor=khaki];\n");
	assert_null(strstr(text, "subgraph"));
}

static void only_devices_that_may_have_a_group_stand_alone(void **state)
{
	_autosystem_ const struct system *system = snapshot(PAIR, FACT_IDS | FACT_GROUP_TYPE);
	bool all[8];
	const char *text;

	memset(all, true, sizeof(all));
	assert_true(system->device_count <= sizeof(all));
	text = topology_of(system, all);
	must_have(text, "\t\"0000:03:00.0\" [label=\"0000:03:00.0\\nno driver\"];\n");
	must_have(text, "\t\"0000:01:00.1\" [label=\"0000:01:00.1\\nno driver\"];\n");
	assert_null(strstr(text, "uart"));
}

#define TWO_ROOTS                                                                     \
	"/proc/cmdline = quiet\n/sys/firmware/acpi/tables/\n"                         \
	"group 1\ngroup 2\ngroup 3\n"                                                 \
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10d3\n"         \
	"pci 0000:02:00.0 in pci0000:00 group=2 driver=e1000e id=8086:10d3\n"         \
	"pci 0000:81:00.0 in pci0000:80 group=3 driver=nvme id=144d:a808\n"           \
	"iommu dmar0 address=fed90000 serves=/sys/devices/pci0000:00/0000:01:00.0,"   \
	"/sys/devices/pci0000:00/0000:02:00.0,/sys/devices/pci0000:80/0000:81:00.0\n" \
	"iommu dmar1 address=fed91000\n"

static void each_root_has_a_node_for_its_iommu(void **state)
{
	_autosystem_ const struct system *system =
		snapshot(TWO_ROOTS, FACT_IDS | FACT_IOMMUS | FACT_GROUP_TYPE);
	const char *text = topology_of(system, (const bool[]){true, true, true});

	must_have(text, "\t\"iommu dmar0 pci0000:00\" [label=\"dmar0\\nintel-iommu, pci0000:00\", "
			"shape=cylinder");
	must_have(text, "\t\"iommu dmar0 pci0000:80\" [label=\"dmar0\\nintel-iommu, pci0000:80\", "
			"shape=cylinder");
	must_have(text, "\t\"iommu dmar0 pci0000:00\" -> \"0000:02:00.0\";\n");
	must_have(text, "\t\"iommu dmar0 pci0000:80\" -> \"0000:81:00.0\";\n");
	assert_int_equal(count_of(text, "[label=\"dmar0"), 2);
	/* An IOMMU that serves no device has a node too. */
	must_have(text, "\t\"iommu dmar1\" [label=\"dmar1\\nintel-iommu\", shape=cylinder");
}

static struct device *add_platform(struct build *build, const char *name, const char *driver)
{
	struct device *device =
		build_device(build, "platform", name,
			     arena_concat(build_arena(build), "/sys/devices/platform/", name, ""));

	device->driver = driver;
	device->driver_known = true;
	return device;
}

static void a_device_without_its_iommu_is_an_alarm(void **state)
{
	struct build *build = build_new();
	struct device *lost = add_platform(build, "lost", "x");
	struct device *shared = add_platform(build, "shared", NULL);
	const struct system *system;
	const char *text;

	add_platform(build, "lost/child", "y");
	system = build_seal(build, FACT_IDS);
	lost->dma = DMA_LOST;
	shared->dma = DMA_SHARED_STREAM;
	text = topology_of(system, (const bool[]){true, true, true});
	must_have(text, "\t\"shared\" [label=\"shared\\nno driver\", fillcolor=salmon];\n");
	must_have(text, "\t\"lost\" [label=\"lost\\nx\", fillcolor=salmon];\n");
	assert_null(strstr(text, "child"));
	system_free(system);
}

#define PORT "/sys/devices/pci0000:00/0000:00:01.0"

/* A line leads to each device from the next one above it that is drawn. */
static void a_device_hangs_below_its_bridge(void **state)
{
	struct build *build = build_new();
	const struct system *system;
	bool chosen[2];

	build_device(build, "pci", "0000:00:01.0", PORT);
	build_device(build, "pci", "0000:01:00.0", PORT "/0000:01:00.0");
	system = build_seal(build, FACT_IDS);
	must_have(topology_of(system, (const bool[]){true, true}),
		  "\t\"0000:00:01.0\" -> \"0000:01:00.0\";\n");
	for (size_t i = 0; i < 2; i++)
		chosen[i] = strcmp(system->devices[i]->name, "0000:00:01.0") != 0;
	assert_null(strstr(topology_of(system, chosen), "->"));
	system_free(system);
}

static void a_chain_leads_to_its_red_cause(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *smmu = chain_device(build, "smmu", DEVICE_DEFERRED);
	struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);
	const char *text;

	chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "iommu", smmu);
	chain_wait_for(build, chain_device(build, "net", DEVICE_DEFERRED), "iommu", smmu);
	chain_wait_for(build, smmu, "clock", clock);
	text = chains_of(build);
	must_have(text, "\t\"disk\" [label=\"disk\\ndeferred\"];\n");
	must_have(text, "\t\"disk\" -> \"smmu\";\n\t");
	must_have(text, "\t\"net\" -> \"smmu\";\n");
	must_have(text, "fillcolor=salmon, color=red, penwidth=2];\n");
	/* Each node and each line once, whichever chains have it. */
	assert_int_equal(count_of(text, "\t\"smmu\" -> \"clock\";\n"), 1);
	assert_int_equal(count_of(text, "\t\"clock\" ["), 1);
	assert_int_equal(count_of(text, "\t\"smmu\" ["), 1);
	assert_int_equal(count_of(text, "color=red"), 1);
}

/* A node of firmware that no device belongs to. */
static void a_supplier_without_a_device_has_the_name_of_its_node(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *disk = chain_device(build, "disk", DEVICE_DEFERRED);
	const char *text;

	chain_wait_for(build, disk, "iommu", NULL);
	text = chains_of(build);
	must_have(text, "\t\"disk\" -> \"/soc/node\";\n");
	assert_int_equal(count_of(text, "\t\"/soc/node\" ["), 1);
}

static void a_bound_device_without_its_iommu_is_in_the_graph(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	const char *text;

	chain_bind_without_group(build, chain_device(build, "disk", DEVICE_BOUND));
	text = chains_of(build);
	must_have(text, "\t\"disk\" [label=\"disk\\n");
	assert_int_equal(count_of(text, "\t\"disk\" ["), 1);
}

static void add_crowd(struct build *build, const struct device *smmu, const char *letters)
{
	for (; *letters; letters++)
		chain_wait_for(build,
			       chain_device(build, arena_printf(chain_arena, "disk-%c", *letters),
					    DEVICE_DEFERRED),
			       "iommu", smmu);
}

static void a_crowd_that_waits_for_one_supplier_is_one_node(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *smmu = chain_device(build, "smmu", DEVICE_DEFERRED);
	struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);
	struct device *hub = chain_device(build, "hub", DEVICE_DEFERRED);
	const char *text;

	chain_wait_for(build, smmu, "clock", clock);
	chain_wait_for(build, hub, "iommu", smmu);
	chain_wait_for(build, chain_device(build, "port", DEVICE_DEFERRED), "hub", hub);
	chain_wait_for(build, chain_device(build, "other", DEVICE_DEFERRED), "clock", clock);
	add_crowd(build, smmu, "abcdefghi");
	text = chains_of(build);
	must_have(
		text,
		"\t\"devices 1\" [label=\"9 devices, deferred\\n"
		"disk-a  disk-b\\ndisk-c  disk-d\\ndisk-e  disk-f\\ndisk-g  disk-h\\ndisk-i\"];\n");
	must_have(text, "\t\"devices 1\" -> \"smmu\";\n");
	assert_null(strstr(text, "\t\"disk-a\""));
	assert_int_equal(count_of(text, "\t\"smmu\" ["), 1);
	must_have(text, "\t\"smmu\" -> \"clock\";\n");
	/* A device that something waits for, or that waits for another one, is no part of it. */
	must_have(text, "\t\"hub\" -> \"smmu\";\n");
	must_have(text, "\t\"port\" -> \"hub\";\n");
	must_have(text, "\t\"other\" -> \"clock\";\n");
}

static void a_few_that_wait_for_one_supplier_have_nodes(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	const char *text;

	add_crowd(build, chain_device(build, "smmu", DEVICE_UNBOUND), "abcdefgh");
	text = chains_of(build);
	assert_null(strstr(text, "devices"));
	assert_int_equal(count_of(text, "\" -> \"smmu\";\n"), 8);
}

UNIT(dot)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_a_frame_around_its_chosen_members),
		cmocka_unit_test(a_type_that_could_not_be_read_is_a_question_mark),
		cmocka_unit_test(a_group_of_one_device_is_its_node),
		cmocka_unit_test(only_devices_that_may_have_a_group_stand_alone),
		cmocka_unit_test(each_root_has_a_node_for_its_iommu),
		cmocka_unit_test(a_device_without_its_iommu_is_an_alarm),
		cmocka_unit_test(a_device_hangs_below_its_bridge),
		cmocka_unit_test(a_chain_leads_to_its_red_cause),
		cmocka_unit_test(a_crowd_that_waits_for_one_supplier_is_one_node),
		cmocka_unit_test(a_few_that_wait_for_one_supplier_have_nodes),
		cmocka_unit_test(a_supplier_without_a_device_has_the_name_of_its_node),
		cmocka_unit_test(a_bound_device_without_its_iommu_is_in_the_graph),
	};

	return cmocka_run_group_tests(tests, chain_start, chain_end);
}
