/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices of IOMMUs that are known by their names in ACPI tables. */
#include "sources/deferral/iommu_devices.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

#define SMMUS                           \
	"platform arm-smmu-v3.0.auto\n" \
	"platform arm-smmu-v3.1.auto\n"
#define IOMEM                                                                         \
	"/proc/iomem = 2b400000-2b41ffff : arm-smmu-v3.1.auto\\n  2b400000-2b41ffff " \
	": arm-smmu-v3\\n2b500000-2b51ffff : arm-smmu-v3.0.auto\\n\n"

/* The path of the device, or "none". */
static const char *find(const char *tree, const char *name, bool below)
{
	static char found[PATH_SIZE];
	_autoarena_ struct arena *arena = arena_new();
	_autobuild_ struct build *build = build_new();
	_autoroot_ struct root *root = NULL;
	struct reading reading = {.build = build};
	struct error error = {0};
	char *dir = tree_new(tree);
	const char *path;

	assert_int_equal(root_open(dir, &root, &error), 0);
	reading.root = root;
	path = iommu_device_named(&reading, name, arena);
	if (path && below)
		path = iommu_device_below(root, path, arena);
	snprintf(found, sizeof(found), "%s", path ? path : "none");
	tree_remove(dir);
	return found;
}

static void an_smmu_is_found_by_its_registers(void **state)
{
	assert_string_equal(find(SMMUS IOMEM, "smmu3.0x000000002b500000", false),
			    "/sys/devices/platform/arm-smmu-v3.0.auto");
	assert_string_equal(find(SMMUS IOMEM, "smmu3.0x000000002b400000", false),
			    "/sys/devices/platform/arm-smmu-v3.1.auto");
}

static void without_addresses_only_a_single_smmu_is_certain(void **state)
{
	static const char zeros[] = "/proc/iomem = 00000000-00000000 : arm-smmu-v3.0.auto\\n\n";
	char tree[512];

	snprintf(tree, sizeof(tree), "%s%s", SMMUS, zeros);
	assert_string_equal(find(tree, "smmu3.0x000000002b500000", false), "none");
	snprintf(tree, sizeof(tree), "platform arm-smmu-v3.0.auto\n%s", zeros);
	assert_string_equal(find(tree, "smmu3.0x000000002b500000", false),
			    "/sys/devices/platform/arm-smmu-v3.0.auto");
	assert_string_equal(find("platform arm-smmu.0.auto\n", "smmu3.0x000000002b500000", false),
			    "none");
}

static void a_virtio_iommu_is_the_device_on_its_transport(void **state)
{
	static const char tree[] = "pci 0000:00:02.0 in pci0000:00 driver=virtio-pci\n"
				   "/sys/devices/pci0000:00/0000:00:02.0/virtio3/\n"
				   "platform LNRO0005:00\n";

	assert_string_equal(find(tree, "0000:00:02.0", true),
			    "/sys/devices/pci0000:00/0000:00:02.0/virtio3");
	assert_string_equal(find(tree, "LNRO0005:00", true), "/sys/devices/platform/LNRO0005:00");
	assert_string_equal(find(tree, "../LNRO0005:00", true), "none");
	assert_string_equal(find("platform RSCV0004:00\n", "riscv-iommu@RSCV0004:00", true),
			    "/sys/devices/platform/RSCV0004:00");
}

static void a_riscv_iommu_is_found_by_its_registers_or_alone(void **state)
{
	static const char two[] = "platform RSCV0004:00\nplatform RSCV0004:01\n";
	char tree[512];

	snprintf(tree, sizeof(tree), "%s/proc/iomem = 03010000-03010fff : RSCV0004:01\\n\n", two);
	assert_string_equal(find(tree, "riscv-iommu@0x3010000", false),
			    "/sys/devices/platform/RSCV0004:01");
	assert_string_equal(find(two, "riscv-iommu@0x3010000", false), "none");
	assert_string_equal(find("platform RSCV0004:00\n", "riscv-iommu@0x3010000", false),
			    "/sys/devices/platform/RSCV0004:00");
	assert_string_equal(find("pci 0000:00:01.0 in pci0000:00\nplatform RSCV0004:00\n",
				 "riscv-iommu@0000:00:01.0", false),
			    "/sys/devices/pci0000:00/0000:00:01.0");
}

static void count_iomem(void *context, enum root_access access, const char *path, ssize_t result)
{
	if (access == ROOT_OPEN && strcmp(path, "/proc/iomem") == 0)
		++*(int *)context;
}

static void one_reading_reads_the_claims_of_memory_once(void **state)
{
	_autobuild_ struct build *build = build_new();
	_autoroot_ struct root *root = NULL;
	struct reading reading = {.build = build};
	struct error error = {0};
	int opened = 0;
	const struct root_watch watch = {.after = count_iomem, .context = &opened};
	char *dir = tree_new(SMMUS IOMEM);

	assert_int_equal(root_open(dir, &root, &error), 0);
	reading.root = root;
	root_watch(&watch);
	for (int i = 0; i < 3; i++)
		assert_non_null(iommu_device_named(&reading, "smmu3.0x000000002b500000",
						   build_arena(build)));
	root_watch(NULL);
	assert_int_equal(opened, 1);
	tree_remove(dir);
}

/* A unit of the IVRS that is not registered, and its state on a machine with these lines. */
static enum iommu_state state_beside(const char *lines)
{
	enum iommu_state state;
	const struct system *system;
	char tree[1024];

	snprintf(tree, sizeof(tree),
		 "/sys/kernel/iommu_groups/\n/sys/firmware/acpi/tables/IVRS = "
		 "IVRSH\\x00\\x00\\x00\\x02\\x8bOEMID OEMTABLE\\x01\\x00\\x00\\x00"
		 "INTL\\x01\\x00\\x00\\x000 \\x00\\x00\\x00\\x00\\x00\\x00\\x00"
		 "\\x00\\x00\\x00\\x10\\x00\\x18\\x00\\x02\\x00@\\x00\\x00\\x00 "
		 "\\xfd\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
		 "\\x00\\c\n"
		 "pci 0000:00:00.2 in pci0000:00 id=1022:1451 class=80600\n%s",
		 lines);
	system = snapshot(tree, FACT_IOMMUS | FACT_ALL_IOMMUS | FACT_STREAMS);
	assert_int_equal(system->iommu_count, 1);
	state = system->iommus[0]->state;
	system_free(system);
	return state;
}

static void a_unit_of_x86_is_unbound_disabled_or_of_xen(void **state)
{
	assert_int_equal(state_beside("/proc/cmdline = quiet\n"), IOMMU_UNBOUND);
	assert_int_equal(state_beside("/proc/cmdline = amd_iommu=off\n"), IOMMU_DISABLED);
	assert_int_equal(state_beside("/proc/cmdline = amd_iommu=off\n/sys/hypervisor/type = xen\n"
				      "/proc/xen/capabilities = control_d\n"),
			 IOMMU_UNKNOWN);
}

UNIT(iommu_devices)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_smmu_is_found_by_its_registers),
		cmocka_unit_test(without_addresses_only_a_single_smmu_is_certain),
		cmocka_unit_test(one_reading_reads_the_claims_of_memory_once),
		cmocka_unit_test(a_virtio_iommu_is_the_device_on_its_transport),
		cmocka_unit_test(a_riscv_iommu_is_found_by_its_registers_or_alone),
		cmocka_unit_test(a_unit_of_x86_is_unbound_disabled_or_of_xen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
