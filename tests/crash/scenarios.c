/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/scenarios.h"

#include "base/arena.h"
#include "support/tree.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RELEASE "6.12.117+deb12-amd64"
#define MODULES "/lib/modules/" RELEASE

#define NIC "0000:02:00.0"
#define NVME "0000:03:00.0"
#define MEMBER "0000:05:00.0"
#define SIBLING "0000:05:01.0"
#define NODE "/virtio_mmio@a000000"
#define MMIO "a000000.virtio_mmio"

#define NIC_ID "id=8086:10D3 class=20000"
#define NIC_ALIAS "pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00"
#define NVME_ID "id=1B36:0010 class=10802"
#define NVME_ALIAS "pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02"
#define PORT_ID "id=1B36:000C class=60400"
#define PORT_ALIAS "pci:v00001B36d0000000Csv00000000sd00000000bc06sc04i00"

/* The devices of every machine, and devices that no scenario may change. */
static const char COMMON[] =
	"/proc/sys/kernel/random/boot_id = 11111111-2222\n"
	"/proc/sys/kernel/osrelease = " RELEASE "\n"
	"/proc/cmdline = quiet\n"
	"/run/\n"
	"/iommuctl/network = namespace own /proc/self/ns/net this network namespace\\nend\n"
	"/proc/1/root -> /\n"
	"/proc/self/ns/pid -> pid:[4026531836]\n"
	"/proc/sys/kernel/arch = x86_64\n"
	"/proc/interrupts =  24:  0  IR-PCI-MSI  0-edge  PCIe PME\n"
	"/sys/firmware/acpi/tables/\n"
	"group 1\n"
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e " NIC_ID "\n"
	"/sys/devices/pci0000:00/0000:01:00.0/modalias = " NIC_ALIAS "\n";

/* All that the checks read of a network card. */
static const char ONE_NIC[] =
	"group 2\n"
	"pci " NIC " in pci0000:00 group=2 driver=e1000e header=0 " NIC_ID "\n"
	"/sys/devices/pci0000:00/" NIC "/modalias = " NIC_ALIAS "\n"
	"/sys/devices/pci0000:00/" NIC "/reset = \n"
	"/sys/devices/pci0000:00/" NIC "/reset_method = flr\n"
	"/sys/devices/pci0000:00/" NIC "/power_state = D0\n";

static const char NIC_WITH_OVERRIDE[] =
	"group 2\n"
	"pci " NIC " in pci0000:00 group=2 driver=e1000e override=e1000e " NIC_ID "\n"
	"/sys/devices/pci0000:00/" NIC "/modalias = " NIC_ALIAS "\n";

/* A network card that can have four virtual functions. */
static const char PHYSICAL[] =
	"group 2\n"
	"pci " NIC " in pci0000:00 group=2 driver=e1000e header=0 " NIC_ID "\n"
	"/sys/devices/pci0000:00/" NIC "/modalias = " NIC_ALIAS "\n"
	"/sys/devices/pci0000:00/" NIC "/sriov_totalvfs = 4\n"
	"/sys/devices/pci0000:00/" NIC "/sriov_numvfs = 0\n"
	"/sys/devices/pci0000:00/" NIC "/sriov_drivers_autoprobe = 1\n";

static const char IDLE_NVME[] = "group 3\n"
				"pci " NVME " in pci0000:00 group=3 " NVME_ID "\n"
				"/sys/devices/pci0000:00/" NVME "/modalias = " NVME_ALIAS "\n";

static const char BRIDGE_AND_TWO[] =
	"group 5\n"
	"pci 0000:00:05.0 in pci0000:00 group=5 driver=pcieport " PORT_ID "\n"
	"/sys/devices/pci0000:00/0000:00:05.0/modalias = " PORT_ALIAS "\n"
	"pci " MEMBER " in pci0000:00/0000:00:05.0 group=5 driver=e1000e " NIC_ID "\n"
	"/sys/devices/pci0000:00/0000:00:05.0/" MEMBER "/modalias = " NIC_ALIAS "\n"
	"pci " SIBLING " in pci0000:00/0000:00:05.0 group=5 driver=nvme " NVME_ID "\n"
	"/sys/devices/pci0000:00/0000:00:05.0/" SIBLING "/modalias = " NVME_ALIAS "\n";

static const char IDLE_PLATFORM[] =
	"/sys/firmware/devicetree/base/smmuv3@9050000/compatible = arm,smmu-v3\\x00\\c\n"
	"/sys/firmware/devicetree/base/smmuv3@9050000/phandle = \\x00\\x00\\x00\\x01\\c\n"
	"/sys/firmware/devicetree/base/smmuv3@9050000/#iommu-cells = \\x00\\x00\\x00\\x01\\c\n"
	"platform 9050000.smmuv3 driver=arm-smmu-v3 of=/smmuv3@9050000\n"
	"/sys/devices/platform/9050000.smmuv3/of_node -> "
	"../../../firmware/devicetree/base/smmuv3@9050000\n"
	"iommu smmu3.0x0000000009050000 device=/sys/devices/platform/9050000.smmuv3\n"
	"/sys/firmware/devicetree/base" NODE "/compatible = virtio,mmio\\x00\\c\n"
	"/sys/firmware/devicetree/base" NODE
	"/iommus = \\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x10\\c\n"
	"platform " MMIO " of=" NODE "\n"
	"/sys/devices/platform/" MMIO "/of_node -> ../../../firmware/devicetree/base" NODE "\n"
	"/sys/devices/platform/" MMIO "/modalias = of:Nvirtio_mmioT(null)Cvirtio,mmio\n"
	"/sys/bus/platform/drivers/vfio-platform/\n";

#define VFIO_LOADED                            \
	{                                      \
		"vfio_iommu_type1", "vfio_pci" \
	}
#define TO_VFIO(...)                                                                 \
	{                                                                            \
		.verb = "rebind", .driver = "vfio-pci", .selectors = { __VA_ARGS__ } \
	}

#define TO_FUNCTIONS(count, name)                                                                 \
	{                                                                                         \
		.verb = "vfs", .driver = name, .driven = true, .functions = count, .selectors = { \
			NIC                                                                       \
		}                                                                                 \
	}

static const struct scenario scenarios[] = {
	{
		.name = "a device to vfio-pci",
		.tree = ONE_NIC,
		.modules = VFIO_LOADED,
		.wish = TO_VFIO(NIC),
		.after = {NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci group=2"},
	},
	{
		.name = "a group of three with its bridge",
		.tree = BRIDGE_AND_TWO,
		.modules = VFIO_LOADED,
		.wish = {.verb = "rebind",
			 .driver = "vfio-pci",
			 .selectors = {MEMBER},
			 .with_group = true},
		.after = {MEMBER ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci",
			  SIBLING ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci",
			  "0000:00:05.0: driver=pcieport link=pcieport back=yes override=-"},
	},
	{
		.name = "a device without a driver",
		.restless = true,
		.tree = IDLE_NVME,
		.modules = VFIO_LOADED,
		.wish = TO_VFIO(NVME),
		.after = {NVME ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci"},
	},
	{
		.name = "a device with an override of somebody else's",
		.tree = NIC_WITH_OVERRIDE,
		.modules = VFIO_LOADED,
		.wish = TO_VFIO(NIC),
		.after = {NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci"},
	},
	{
		.name = "a module that is missing",
		.tree = ONE_NIC,
		.wish = TO_VFIO(NIC),
		.after = {NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci"},
	},
	{
		.name = "a platform device without a group yet",
		.restless = true,
		.tree = IDLE_PLATFORM,
		.modules = {"vfio_iommu_type1", "vfio_platform"},
		.late_device = MMIO,
		.late_group = 7,
		.wish = {.verb = "rebind", .driver = "vfio-platform", .selectors = {MMIO}},
		.after = {MMIO ": driver=vfio-platform link=vfio-platform back=yes "
			       "override=vfio-platform group=7 vfio=yes"},
	},
	{
		.name = "from vfio-pci to a native driver",
		.tree = ONE_NIC,
		.modules = VFIO_LOADED,
		.before = {TO_VFIO(NIC)},
		.wish = {.verb = "rebind", .driver = "e1000e", .selectors = {NIC}},
		.after = {NIC ": driver=e1000e link=e1000e back=yes override=- group=2 vfio=no"},
	},
	{
		.name = "unbind",
		.tree = ONE_NIC,
		.wish = {.verb = "unbind", .selectors = {NIC}},
		.after = {NIC ": driver=- link=- back=no override=none group=2 vfio=no"},
	},
	{
		.name = "restore after a rebind of two",
		.tree = BRIDGE_AND_TWO,
		.modules = VFIO_LOADED,
		.before = {TO_VFIO(MEMBER, SIBLING)},
		.wish = {.verb = "restore", .selectors = {MEMBER, SIBLING}},
		.after = {MEMBER ": driver=e1000e link=e1000e back=yes override=- ",
			  SIBLING ": driver=nvme link=nvme back=yes override=- "},
	},
	{
		.name = "restore after two rebinds in a row",
		.tree = NIC_WITH_OVERRIDE,
		.modules = VFIO_LOADED,
		.before = {TO_VFIO(NIC), {.verb = "unbind", .selectors = {NIC}}},
		.wish = {.verb = "restore", .selectors = {NIC}},
		.after = {NIC ": driver=e1000e link=e1000e back=yes override=e1000e"},
	},
	{
		.name = "restore to no driver",
		.restless = true,
		.tree = IDLE_NVME,
		.modules = VFIO_LOADED,
		.before = {TO_VFIO(NVME)},
		.wish = {.verb = "restore", .selectors = {NVME}},
		.after = {NVME ": driver=- link=- back=no override=- group=3 vfio=no"},
	},
	{
		.name = "restore on a bus where no device has a group",
		.restless = true,
		.tree = IDLE_PLATFORM,
		.before = {{.verb = "unbind", .selectors = {MMIO}}},
		.wish = {.verb = "restore", .all = true},
		.after = {MMIO ": driver=- link=- back=no override=- "},
	},
	{
		.name = "two virtual functions for vfio-pci",
		.tree = PHYSICAL,
		.modules = VFIO_LOADED,
		.wish = TO_FUNCTIONS(2, "vfio-pci"),
		.after = {"functions of " NIC ": 2, autoprobe 1",
			  "0000:02:10.0: driver=vfio-pci link=vfio-pci back=yes override=vfio-pci",
			  "0000:02:10.1: driver=vfio-pci link=vfio-pci back=yes override=vfio-pci",
			  NIC ": driver=e1000e link=e1000e back=yes override=- group=2"},
	},
	{
		.name = "one virtual function for the kernel in place of two on vfio-pci",
		.restless = true,
		.tree = PHYSICAL,
		.modules = {"vfio_iommu_type1", "vfio_pci", "igbvf"},
		.before = {TO_FUNCTIONS(2, "vfio-pci")},
		.wish = {.verb = "vfs", .selectors = {NIC}, .functions = 1},
		.after = {"functions of " NIC ": 1, autoprobe 1",
			  "0000:02:10.0: driver=igbvf link=igbvf back=yes override=- "},
	},
	{
		.name = "no virtual functions in place of two with a native driver",
		.tree = PHYSICAL,
		.modules = {"igbvf"},
		.before = {{.verb = "vfs", .selectors = {NIC}, .functions = 2}},
		.wish = {.verb = "vfs", .selectors = {NIC}},
		.after = {"functions of " NIC ": 0, autoprobe 1"},
	},
	{
		.name = "another type of a group of three with its bridge",
		.tree = BRIDGE_AND_TWO,
		.wish = {.verb = "domain", .selectors = {"group:5"}, .type = "identity"},
		.after = {"type of group 5: identity",
			  MEMBER ": driver=e1000e link=e1000e back=yes override=- group=5",
			  SIBLING ": driver=nvme link=nvme back=yes override=- group=5",
			  "0000:00:05.0: driver=pcieport link=pcieport back=yes override=-"},
	},
	{
		.name = "another type of the group of a device with an override",
		.tree = NIC_WITH_OVERRIDE,
		.wish = {.verb = "domain", .selectors = {NIC}, .type = "DMA-FQ"},
		.before = {{.verb = "domain", .selectors = {NIC}, .type = "identity"}},
		.after = {"type of group 2: DMA-FQ",
			  NIC ": driver=e1000e link=e1000e back=yes override=e1000e"},
	},
	{
		.name = "two devices for vfio-pci and another user",
		.tree = BRIDGE_AND_TWO,
		.modules = VFIO_LOADED,
		.wish = {.verb = "rebind",
			 .driver = "vfio-pci",
			 .selectors = {MEMBER, SIBLING},
			 .owned = true},
		.after = {"rule 99-iommuctl-owner-pci-" MEMBER ".rules",
			  "rule 99-iommuctl-owner-pci-" SIBLING ".rules",
			  MEMBER ": driver=vfio-pci "},
	},
	{
		.name = "another user for a device that vfio-pci has",
		.tree = NIC_WITH_OVERRIDE,
		.modules = VFIO_LOADED,
		.before = {{.verb = "rebind", .driver = "vfio-pci", .selectors = {NIC}}},
		.wish = {.verb = "rebind", .driver = "vfio-pci", .selectors = {NIC}, .owned = true},
		.after = {"rule 99-iommuctl-owner-pci-" NIC ".rules", NIC ": driver=vfio-pci "},
	},
	{
		.name = "restore of a device that another user has",
		.tree = NIC_WITH_OVERRIDE,
		.modules = VFIO_LOADED,
		.before = {{.verb = "rebind",
			    .driver = "vfio-pci",
			    .selectors = {NIC},
			    .owned = true}},
		.wish = {.verb = "restore", .selectors = {NIC}},
		.after = {NIC ": driver=e1000e link=e1000e back=yes override=e1000e"},
	},
	{
		.name = "restore of a type and of a driver",
		.tree = BRIDGE_AND_TWO,
		.modules = VFIO_LOADED,
		.before = {{.verb = "domain", .selectors = {"group:5"}, .type = "identity"},
			   {.verb = "rebind",
			    .driver = "vfio-pci",
			    .selectors = {MEMBER, SIBLING}}},
		.wish = {.verb = "restore", .all = true},
		.after = {"type of group 5: DMA",
			  MEMBER ": driver=e1000e link=e1000e back=yes override=- ",
			  SIBLING ": driver=nvme link=nvme back=yes override=- "},
	},
};

/* A folder with the module index of a real machine's capture. */
static char *index_dir;

const struct scenario *scenario_at(size_t index)
{
	return index < ARRAY_SIZE(scenarios) ? &scenarios[index] : NULL;
}

_Noreturn static void give_up(const char *what, const char *detail)
{
	fprintf(stderr, "crash: %s: %s\n", what, detail);
	exit(1);
}

void scenarios_open(void)
{
	_autofree_ char *command = NULL;

	/* Thousands of small files are made, flushed and removed: use memory where possible. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	/* Load libkmod here once, or each of thousands of processes would load and link it. */
	dlopen("libkmod.so.2", RTLD_NOW);
	index_dir = tree_new("");
	if (asprintf(&command, "tar -C %s -xzf %s/trees/virtio-6.12.tar.gz %s", index_dir,
		     TESTS_DIR, MODULES + 1) < 0)
		memory_exhausted();
	if (system(command) != 0)
		give_up("no module index", command);
}

void scenarios_close(void)
{
	tree_remove(index_dir);
}

static void link_index(const char *dir)
{
	_autofree_ char *folder = NULL;
	struct dirent *entry;
	DIR *from;

	tree_unpack(MODULES "/", dir);
	if (asprintf(&folder, "%s" MODULES, index_dir) < 0)
		memory_exhausted();
	from = opendir(folder);
	while (from && (entry = readdir(from))) {
		char old[4096], new[4096];

		snprintf(old, sizeof(old), "%s/%s", folder, entry->d_name);
		snprintf(new, sizeof(new), "%s" MODULES "/%s", dir, entry->d_name);
		if (*entry->d_name != '.' && link(old, new) < 0)
			give_up(new, "cannot be made");
	}
	if (from)
		closedir(from);
}

void wish_carry_out(const struct fake_kernel *fake, const struct wish *wish, int timeout_ms,
		    struct ended *ret_ended)
{
	_autoroot_ struct root *root = NULL;
	_autoarena_ struct arena *arena = arena_new();
	struct error e = {0};
	struct report report = {0};
	const struct owner owner = {.words = "me",
				    .uid = getuid(),
				    .has_udev = ANSWER_YES,
				    .memlock = MEMLOCK_UNLIMITED};
	struct request request;

	if (root_open(fake_dir(fake), &root, &e) < 0)
		give_up("no root", e.message);
	const struct host host = {
		.root = root, .kernel = fake_kernel(fake), .timeout_ms = timeout_ms};
	if (wish) {
		request = (struct request){
			.verb = wish->verb,
			.driver = wish->driver,
			.selectors = (char *const *)wish->selectors,
			.all = wish->all,
			.with_group = wish->with_group,
			.dry_run = wish->dry_run,
			.function_count = wish->functions,
			.driver_given = wish->driven,
			.domain_type = wish->type,
			.owner = wish->owned ? &owner : NULL,
		};
		if (wish->waive && waivers_parse(wish->waive, arena, &request.waivers, &e) < 0)
			give_up(wish->waive, e.message);
		ret_ended->result = transaction_run(&host, &request, arena, &report, &e);
	} else {
		ret_ended->result = transaction_recover(&host, arena, &report, &e);
	}
	ret_ended->code = e.code;
	ret_ended->outcome = report.outcome;
	ret_ended->state = report.moved ? report.moved[0].state : LOOK_CLEAR;
	ret_ended->groups_stable = report.groups_stable;
	snprintf(ret_ended->message, sizeof(ret_ended->message), "%s", e.message);
	snprintf(ret_ended->remedy, sizeof(ret_ended->remedy), "%s", e.remedy);
	report_free(&report);
}

struct fake_kernel *scenario_machine(const struct scenario *scenario)
{
	_autofree_ char *tree = NULL;
	struct fake_kernel *fake;

	if (asprintf(&tree, "%s%s", COMMON, scenario->tree) < 0)
		memory_exhausted();
	fake = fake_new(tree);
	link_index(fake_dir(fake));
	for (size_t i = 0; i < ARRAY_SIZE(scenario->modules) && scenario->modules[i]; i++)
		fake_has_module(fake, scenario->modules[i]);
	if (scenario->late_device)
		fake_group_forms_late(fake, scenario->late_device, scenario->late_group);
	for (size_t i = 0; i < WISHES_MAX && scenario->before[i].verb; i++) {
		struct ended ended;

		wish_carry_out(fake, &scenario->before[i], PATIENCE_MS, &ended);
		if (ended.result < 0)
			give_up(scenario->name, ended.message);
	}
	return fake;
}
