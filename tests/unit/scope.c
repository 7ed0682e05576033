/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reading of some devices: which others come along, and when the whole machine is read. */
#include "base/text.h"
#include "sources/devices/class_walk.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>

#define PORT "/sys/devices/pci0000:00/0000:00:1c.0"

/* A port with a group of its own, two functions that share one behind it, and a serial port. */
static const char MACHINE[] =
	"group 1 type=DMA\n"
	"group 2 type=identity\n"
	"group 3 type=DMA\n"
	"pci 0000:00:1c.0 in pci0000:00 group=1 driver=pcieport id=8086:1C18 class=60400\n"
	"pci 0000:01:00.0 in pci0000:00/0000:00:1c.0 group=2 driver=e1000e id=8086:10D3\n"
	"pci 0000:01:00.1 in pci0000:00/0000:00:1c.0 group=2 id=8086:10D3\n"
	"pci 0000:00:1f.0 in pci0000:00 id=8086:1C44 class=60100\n"
	"amba uart group=3 driver=pl011\n"
	"interface net eth0 of " PORT "/0000:01:00.0\n"
	"iommu dmar0 serves=" PORT "," PORT "/0000:01:00.0," PORT "/0000:01:00.1\n"
	"iommu dmar1 serves=/sys/devices/amba/uart\n";

enum { FACTS = FACT_IDS | FACT_GROUP_TYPE | FACT_INTERFACES | FACT_IOMMUS | FACT_FINGERPRINT };

/* An access to the file @path fails with EACCES. */
static int deny_access(void *context, enum root_access access, const char *path)
{
	return strcmp(path, context) == 0 ? -EACCES : 0;
}

static const struct system *read_selected(const char *text, unsigned facts, const char *selector,
					  const char *denied)
{
	const struct root_watch watch = {.before = deny_access, .context = (void *)denied};
	const char *const selectors[] = {selector, NULL};
	char *dir = tree_new(text);
	const struct system *system = NULL;
	struct root *root;
	struct error e = {0};

	assert_int_equal(root_open(dir, &root, &e), 0);
	root_watch(denied ? &watch : NULL);
	assert_int_equal(system_read_selected(root, facts, selectors, NULL, &system, &e), 0);
	root_watch(NULL);
	root_free(root);
	tree_remove(dir);
	return system;
}

static size_t count_devices(const char *text, unsigned facts, const char *selector)
{
	_autosystem_ const struct system *system = read_selected(text, facts, selector, NULL);

	return system->device_count;
}

static void a_device_comes_with_its_group_and_its_iommu(void **state)
{
	_autosystem_ const struct system *whole = snapshot(MACHINE, FACTS);
	_autosystem_ const struct system *some =
		read_selected(MACHINE, FACTS, "0000:01:00.0", NULL);
	const struct device *device = find_device(some, "0000:01:00.0");

	assert_int_equal(some->device_count, 2);
	assert_int_equal(some->group_count, 1);
	assert_string_equal(device->driver, "e1000e");
	assert_int_equal(device->vendor_id, 0x8086);
	assert_string_equal(device->iommu->name, "dmar0");
	assert_string_equal(device->interfaces[0], "eth0");
	assert_int_equal(device->group->device_count, 2);
	assert_string_equal(device->group->type, "identity");
	assert_string_equal(device->group->fingerprint, system_group(whole, 2)->fingerprint);
	assert_int_equal(system_source(some, "bus_devices")->state, SOURCE_READ);
}

static void every_form_that_means_one_device_limits_the_reading(void **state)
{
	static const struct {
		const char *selector;
		size_t devices;
	} cases[] = {
		{"0000:01:00.1", 2}, {"01:00.0", 2},   {"pci_0000_00_1c_0", 1},
		{"eth0", 2},	     {"/dev/eth0", 2}, {"uart", 1},
		{"group:2", 2},	     {PORT, 1},	       {PORT "/", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(count_devices(MACHINE, FACTS, cases[i].selector),
				 cases[i].devices);
}

static void all_other_selectors_read_the_whole_machine(void **state)
{
	static const char *const selectors[] = {
		"driver:e1000e", "id:8086:10d3",
		"nothing",	 "group:9",
		"group:x",	 "iommu:dmar0",
		"0000:00:1f.0",	 "/sys/class/net/eth0",
		"amba:uart",	 "",
	};

	for (size_t i = 0; i < ARRAY_SIZE(selectors); i++)
		assert_int_equal(count_devices(MACHINE, FACTS, selectors[i]), 5);
}

static void facts_about_other_devices_read_the_whole_machine(void **state)
{
	static const unsigned facts[] = {FACT_STREAMS, FACT_SUPPLIERS, FACT_TRAITS, FACT_SERVED};

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		assert_int_equal(count_devices(MACHINE, facts[i], "0000:01:00.0"), 5);
}

static void an_interface_below_a_device_of_another_group_is_not_the_ports(void **state)
{
	_autosystem_ const struct system *system =
		read_selected(MACHINE, FACTS, "0000:00:1c.0", NULL);

	assert_int_equal(system->device_count, 1);
	assert_int_equal(find_device(system, "0000:00:1c.0")->interface_count, 0);
}

/* Without the other device, the label would lack the name of the bus. */
static void a_name_on_two_buses_reads_the_whole_machine(void **state)
{
	static const char TWINS[] = "group 1\ngroup 2\namba uart group=1\nplatform uart group=2\n"
				    "amba lamp group=1\n";

	assert_int_equal(count_devices(TWINS, FACTS, "uart"), 3);
	assert_int_equal(count_devices(TWINS, FACTS, "lamp"), 3);
}

static void a_file_that_cannot_be_read_does_not_limit_the_reading(void **state)
{
	static const char *const files[] = {
		"/sys/kernel/iommu_groups/2/devices",
		"/sys/kernel/iommu_groups/2/devices/0000:01:00.1",
		"/sys/bus/amba/devices/0000:01:00.0",
		"/sys/class/rtc/0000:01:00.0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_autosystem_ const struct system *system =
			read_selected(MACHINE, FACTS, "0000:01:00.0", files[i]);

		assert_int_equal(system->device_count, 5);
	}
}

/* So many that the first IOMMUs are asked for each device, and the later ones list theirs. */
static void each_device_of_a_large_group_has_its_own_of_many_iommus(void **state)
{
	enum { MANY = 40 };
	_autoarena_ struct arena *arena = arena_new();
	_autosystem_ const struct system *system = NULL;
	const char *text = "group 1 type=DMA\n"
			   "pci 0000:01:00.0 in pci0000:01\n"
			   "iommu dmar99 serves=/sys/devices/pci0000:01/0000:01:00.0\n";

	for (int i = 0; i < MANY; i++)
		text = arena_printf(arena,
				    "%spci 0000:00:%02x.%d in pci0000:00 group=1\n"
				    "iommu dmar%d serves=/sys/devices/pci0000:00/0000:00:%02x.%d\n",
				    text, i / 8, i % 8, i, i / 8, i % 8);
	system = read_selected(text, FACTS, "group:1", NULL);
	assert_int_equal(system->device_count, MANY);
	assert_int_equal(system->iommu_count, MANY + 1);
	for (int i = 0; i < MANY; i++) {
		const struct device *device =
			find_device(system, arena_printf(arena, "0000:00:%02x.%d", i / 8, i % 8));

		assert_string_equal(device->iommu->name, arena_printf(arena, "dmar%d", i));
	}
}

/* The machine with vfio-pci loaded. */
#define READY                                                                    \
	"/sys/bus/pci/drivers/vfio-pci/bind = \n/sys/module/vfio_iommu_type1/\n" \
	"/sys/devices/pci0000:00/0000:00:1c.0/0000:01:00.0/reset_method = flr bus\n"

#define NIC PORT "/0000:01:00.0"
#define ONE "/sys/devices/pci0000:00/0000:00:01.0"
#define OTHER "/sys/devices/pci0000:00/0000:00:02.0"

/* The number of devices of a reading of @facts, and for the checks of the device at @path. */
static size_t count_read(const char *machine, const char *more, unsigned facts, const char *path,
			 const char *driver)
{
	const struct focus focus = {.paths = &path, .count = 1, .driver = driver, .alone = true};
	char *dir = tree_new(machine);
	const struct system *system = NULL;
	struct root *root;
	struct error e = {0};
	size_t count;

	tree_unpack(more, dir);
	assert_int_equal(root_open(dir, &root, &e), 0);
	assert_int_equal(system_read_about(root, facts | FACTS_CHECKED, &focus, &system, &e), 0);
	assert_int_equal(system_source(system, "stable")->state, SOURCE_READ);
	assert_non_null(system_device(system, path));
	count = system->device_count;
	system_free(system);
	root_free(root);
	tree_remove(dir);
	return count;
}

static size_t count_checked(const char *machine, const char *more, const char *path,
			    const char *driver)
{
	return count_read(machine, more, FACTS, path, driver);
}

static void checks_of_a_device_read_its_group_and_the_bridges_above(void **state)
{
	/* vfio_iommu_type1 may have to be loaded: it is no driver of devices. */
	static const char WITHOUT_TYPE1[] =
		"/sys/bus/pci/drivers/vfio-pci/bind = \n" NIC "/reset_method = flr bus\n";

	assert_int_equal(count_checked(MACHINE, READY, NIC, "vfio-pci"), 3);
	assert_int_equal(count_checked(MACHINE, READY, NIC, NULL), 3);
	assert_int_equal(count_checked(MACHINE, WITHOUT_TYPE1, NIC, "vfio-pci"), 3);
}

static int append_name(void *context, const char *name, const char *target)
{
	char *names = context;

	assert_string_equal(text_basename(target), name);
	strcat(strcat(names, name), " ");
	return 0;
}

/* The interfaces in the folder of a device, of which @budget folders may be listed. */
static const char *walk(const char *machine, const char *path, size_t budget)
{
	static char names[256];
	char *dir = tree_new(machine);
	struct reading reading = {0};
	struct root *root;
	struct error e = {0};

	*names = '\0';
	assert_int_equal(root_open(dir, &root, &e), 0);
	reading.root = root;
	if (!class_walk(&reading, path, &budget, append_name, names))
		strcat(names, "too many folders");
	root_free(root);
	tree_remove(dir);
	return names;
}

/* A tree that was made by hand may lack the links "subsystem". */
static void interfaces_are_found_in_the_folder_of_the_device(void **state)
{
#define DISK NIC "/ata1/host0/target0:0:0/0:0:0:0/block/sda"
	static const char LINKED[] =
		"node block sda 8:0 at " DISK "\nnode block sda1 8:1 at " DISK "/sda1\n"
		"node drm card0 226:0 at " NIC "/drm/card0\n"
		"node input event0 13:64 at " NIC "/input/input3/event0\n" NIC
		"/net/eth0/queues/rx-0/\n" NIC "/mem7/subsystem -> /sys/bus/cxl\n";
	/* These are names that users may choose for interfaces. */
	static const char RENAMED[] = NIC "/net/power/subsystem -> /sys/class/net\n" NIC
					  "/net/net/subsystem -> /sys/class/net\n";
	static const char BARE[] = DISK "/sda1/\n" NIC "/drm/card0/\n" NIC "/mem7/\n"
					"/sys/class/block/sda -> " DISK "\n"
					"/sys/class/block/sda1 -> " DISK "/sda1\n"
					"/sys/class/drm/card0 -> " NIC "/drm/card0\n"
					"/sys/bus/cxl/devices/mem7 -> " NIC "/mem7\n";
	_autoarena_ struct arena *arena = arena_new();

	assert_string_equal(walk(arena_concat(arena, MACHINE, LINKED, ""), NIC, 100),
			    "sda sda1 card0 mem7 eth0 ");
	assert_string_equal(walk(arena_concat(arena, MACHINE, BARE, ""), NIC, 100),
			    "sda sda1 card0 mem7 eth0 ");
	assert_string_equal(walk(arena_concat(arena, MACHINE, RENAMED, ""), NIC, 100),
			    "eth0 net power ");
	assert_string_equal(walk(arena_concat(arena, MACHINE, LINKED, ""), PORT, 100), "");
	assert_string_equal(walk(MACHINE, NIC, 3), "eth0 ");
	assert_string_equal(walk(MACHINE, NIC, 2), "eth0 too many folders");
#undef DISK
}

/* The folder "iommu" of an IOMMU is no link: then the IOMMUs are asked. */
static void the_link_of_a_device_names_its_iommu(void **state)
{
	static const char LINK[] =
		PORT "/0000:01:00.0/iommu -> /sys/devices/virtual/iommu/dmar0\n" PORT
		     "/0000:01:00.1/iommu -> /sys/devices/virtual/iommu/dmar1\n";
	static const char FOLDER[] =
		PORT "/0000:01:00.0/iommu/\n" PORT
		     "/0000:01:00.1/iommu -> /sys/devices/virtual/iommu/dmar1\n";
	_autoarena_ struct arena *arena = arena_new();
	_autosystem_ const struct system *linked =
		read_selected(arena_concat(arena, MACHINE, LINK, ""), FACTS, "0000:01:00.0", NULL);
	_autosystem_ const struct system *unlinked = read_selected(
		arena_concat(arena, MACHINE, FOLDER, ""), FACTS, "0000:01:00.0", NULL);

	assert_string_equal(find_device(linked, "0000:01:00.0")->iommu->name, "dmar0");
	assert_string_equal(find_device(linked, "0000:01:00.1")->iommu->name, "dmar1");
	assert_int_equal(linked->iommu_count, 2);
	assert_string_equal(find_device(unlinked, "0000:01:00.1")->iommu->name, "dmar0");
	assert_int_equal(system_source(unlinked, "iommu_class")->state, SOURCE_READ);
}

static void count_access(void *context, enum root_access access, const char *path, ssize_t result)
{
	++*(size_t *)context;
}

/* The accesses of a reading of the device at NIC, beside @others. */
static size_t count_accesses(size_t others, bool checks)
{
	const char *const selectors[] = {"0000:01:00.0", NULL}, *path = NIC;
	const struct focus focus = {
		.paths = &path, .count = 1, .driver = "vfio-pci", .alone = true};
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	_autosystem_ const struct system *system = NULL;
	const char *more = arena_concat(arena, MACHINE, READY, "");
	struct error e = {0};
	size_t count = 0;
	char *dir;

	for (size_t i = 0; i < others; i++)
		more = arena_printf(arena,
				    "%sgroup 1%zu\npci 0002:00:%02zx.0 in pci0002:00 group=1%zu\n"
				    "/dev/vfio/1%zu = \n",
				    more, i, i, i, i);
	dir = tree_new(more);
	assert_int_equal(root_open(dir, &root, &e), 0);
	root_watch(&(struct root_watch){.after = count_access, .context = &count});
	assert_int_equal(
		checks ? system_read_about(root, FACTS | FACTS_CHECKED, &focus, &system, &e)
		       : system_read_selected(root, FACTS_SCOPED, selectors, NULL, &system, &e),
		0);
	root_watch(NULL);
	assert_int_equal(system->device_count, checks ? 3 : 2);
	tree_remove(dir);
	return count;
}

static void a_larger_machine_makes_a_reading_of_one_device_open_no_more_files(void **state)
{
	assert_int_equal(count_accesses(30, false), count_accesses(3, false));
	assert_int_equal(count_accesses(30, true), count_accesses(3, true));
}

static void checks_of_a_virtual_function_read_its_physical_function(void **state)
{
	static const char FUNCTION[] =
		"group 7\npci 0000:02:10.0 in pci0000:00/0000:00:1c.0 group=7\n" PORT
		"/0000:02:10.0/physfn -> ../0000:01:00.0\n";

	assert_int_equal(count_checked(MACHINE, READY, NIC, NULL), 3);
	assert_int_equal(count_checked(MACHINE, FUNCTION, PORT "/0000:02:10.0", NULL), 4);
}

static void checks_that_need_other_devices_read_the_whole_machine(void **state)
{
	static const struct {
		const char *what, *more, *driver;
		size_t devices;
	} cases[] = {
		{"another driver is not registered", READY, "e1000f", 5},
		{"a reset resets its bus", READY NIC "/reset_method = bus\n", "vfio-pci", 5},
		{"a device is below it",
		 READY "group 8\npci 10000:00:00.0 in pci0000:00/0000:00:1c.0/0000:01:00.0/"
		       "pci10000:00 group=8\n",
		 "vfio-pci", 6},
		{"it is an IOMMU", READY "iommu ivhd0 device=" NIC "\n", "vfio-pci", 5},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (count_checked(MACHINE, cases[i].more, NIC, cases[i].driver) != cases[i].devices)
			fail_msg("%s: read the devices of a scope alone", cases[i].what);
}

/* Two devices, which could be in findings of their own alone. */
static const char PAIR[] = "group 1 type=DMA\ngroup 2 type=DMA\n"
			   "pci 0000:00:01.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3\n"
			   "pci 0000:00:02.0 in pci0000:00 group=2 driver=e1000e id=8086:10D3\n"
			   "iommu dmar0 serves=" ONE "," OTHER "\n"
			   "iommu smmu3.0x0000000000010000\n"
			   "/proc/cmdline = quiet\n" ONE "/reset_method = flr bus\n";

#define UNBOUND "/sys/devices/pci0000:00/0000:00:01.0/uevent = \n"
#define LISTED_NONE "/sys/kernel/debug/devices_deferred = \n"

static void findings_about_a_device_read_that_device(void **state)
{
	assert_int_equal(count_read(PAIR, "", FACTS | FACTS_EXAMINED, ONE, NULL), 1);
	assert_int_equal(count_read(PAIR,
				    "group 1 type=identity\n/proc/cmdline = iommu.passthrough=1\n",
				    FACTS | FACTS_EXAMINED, ONE, NULL),
			 1);
	assert_int_equal(count_read(PAIR, UNBOUND LISTED_NONE, FACTS | FACTS_EXAMINED, ONE, NULL),
			 1);
}

static void findings_that_may_name_other_devices_read_the_whole_machine(void **state)
{
	static const struct {
		const char *what, *more;
	} cases[] = {
		{"it has no driver, and the list of deferred devices is not there", UNBOUND},
		{"it is deferred",
		 UNBOUND "/sys/kernel/debug/devices_deferred = 0000:00:01.0\\t\n"},
		{"the list of deferred devices is torn",
		 UNBOUND "/sys/kernel/debug/devices_deferred = lamp\\tno newlinebulb\\t\n"},
		{"it has a supplier", UNBOUND LISTED_NONE
		 "/sys/class/devlink/pci:0000:00:02.0--pci:0000:00:01.0/status = available\n"},
		{"there is a fault",
		 "/iommuctl/log = <3>[    9.5] DMAR: [DMA Read NO_PASID] Request device [00:02.0] "
		 "fault addr 0x1000 [fault reason 0x06] PTE Read access is not set\n"},
		{"there is a pin", "/etc/iommuctl/pins.d/x.conf = driver vfio-pci\n"},
		{"the others tell why its group is not translated", "group 1 type=identity\n"},
		{"its virtual functions are VFIO's",
		 "pci 0000:00:01.0 in pci0000:00 group=1 driver=vfio-pci id=8086:10D3\n" ONE
		 "/virtfn0 -> ../0000:00:02.0\n"},
		{"its stream may be that of others",
		 ONE "/iommu -> /sys/devices/virtual/iommu/smmu3.0x0000000000010000\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (count_read(PAIR, cases[i].more, FACTS | FACTS_EXAMINED, ONE, NULL) != 2)
			fail_msg("%s: read that device alone", cases[i].what);
}

/* A release that does not prove the newer rule of viability: only the entries do. */
static void a_vfio_device_elsewhere_counts_for_the_machine(void **state)
{
	_autosystem_ const struct system *system = read_selected(
		"group 1\ngroup 2\namba lamp group=1\namba uart group=2\n"
		"/sys/devices/amba/uart/vfio-dev/vfio0/dev = 1:1\n"
		"/sys/class/vfio-dev/vfio0 -> ../../devices/amba/uart/vfio-dev/vfio0\n",
		FACTS | FACT_VFIO, "lamp", NULL);

	assert_int_equal(system->device_count, 1);
	assert_true(system->machine.has_vfio_devices);
}

UNIT(scope)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_comes_with_its_group_and_its_iommu),
		cmocka_unit_test(each_device_of_a_large_group_has_its_own_of_many_iommus),
		cmocka_unit_test(every_form_that_means_one_device_limits_the_reading),
		cmocka_unit_test(all_other_selectors_read_the_whole_machine),
		cmocka_unit_test(facts_about_other_devices_read_the_whole_machine),
		cmocka_unit_test(an_interface_below_a_device_of_another_group_is_not_the_ports),
		cmocka_unit_test(a_name_on_two_buses_reads_the_whole_machine),
		cmocka_unit_test(a_file_that_cannot_be_read_does_not_limit_the_reading),
		cmocka_unit_test(checks_of_a_device_read_its_group_and_the_bridges_above),
		cmocka_unit_test(checks_of_a_virtual_function_read_its_physical_function),
		cmocka_unit_test(checks_that_need_other_devices_read_the_whole_machine),
		cmocka_unit_test(findings_about_a_device_read_that_device),
		cmocka_unit_test(findings_that_may_name_other_devices_read_the_whole_machine),
		cmocka_unit_test(a_vfio_device_elsewhere_counts_for_the_machine),
		cmocka_unit_test(interfaces_are_found_in_the_folder_of_the_device),
		cmocka_unit_test(the_link_of_a_device_names_its_iommu),
		cmocka_unit_test(a_larger_machine_makes_a_reading_of_one_device_open_no_more_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
