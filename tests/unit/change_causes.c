/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that a change means, the memory of them, and the causes of its failure. */
#include "commands/change.h"
#include "support/check.h"
#include "support/fake_kernel.h"
#include "support/said.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define NIC "0000:02:00.0"
#define NIC_PATH "/sys/devices/pci0000:00/" NIC
#define NIC_LINE                                                                              \
	"pci " NIC " in pci0000:00 group=2 driver=e1000e id=8086:10D3 class=20000\n" NIC_PATH \
	"/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"

static const char MACHINE[] = "/proc/sys/kernel/random/boot_id = 11111111-2222\n"
			      "/proc/sys/kernel/osrelease = 6.12.0\n"
			      "/proc/sys/kernel/arch = x86_64\n"
			      "/proc/cmdline = quiet\n"
			      "/run/\n"
			      "/iommuctl/network = namespace own /proc/self/ns/net our "
			      "own\\ninterface 2 eth0 0 0 0 -1 - pci " NIC "\\nend\n"
			      "/proc/1/root -> /\n"
			      "/proc/self/ns/pid -> pid:[4026531836]\n"
			      "/sys/firmware/acpi/tables/\n"
			      "group 2\n" NIC_LINE "interface net eth0 of " NIC_PATH "\n";

static struct fake_kernel *fake;
static struct root *root;
static struct said said;

static int start(void **state)
{
	struct error error = {0};

	fake = fake_new(MACHINE);
	fake_has_module(fake, "vfio_iommu_type1");
	fake_has_module(fake, "vfio_pci");
	return root_open(fake_dir(fake), &root, &error);
}

static int end(void **state)
{
	root_free(root);
	fake_free(fake);
	return 0;
}

static int change(const char *verb, const char *driver, const char *selector, struct request extra)
{
	char *const selectors[] = {(char *)selector, NULL};
	const struct host host = {.root = root, .kernel = fake_kernel(fake), .timeout_ms = 400};
	const struct options options = {0};
	struct error error = {0};
	int status = 0;

	extra.verb = verb;
	extra.driver = driver;
	extra.selectors = selectors;
	/* The writer of the change before may need a moment to end on a busy machine: locked. */
	for (int tries = 0; tries < 100; tries++) {
		said_start();
		status = change_on(&host, &options, &extra, &error);
		said_end(&said);
		if (status != error_exit_status(ERROR_LOCKED))
			break;
		poll(NULL, 0, 20);
	}
	return status;
}

static int rebind(const char *selector, const char *driver)
{
	return change("rebind", driver, selector, (struct request){0});
}

static void must_say(const char *text, const char *words)
{
	if (!strstr(text, words))
		print_error("\"%s\" is missing in:\n%s\n%s\n", words, said.out, said.err);
	assert_non_null(strstr(text, words));
}

static void a_name_of_devices_on_two_buses_is_refused_with_their_long_names(void **state)
{
	fake_plug(fake, "group 5\nplatform twin group=5\namba twin group=5\n");
	assert_int_equal(rebind("twin", "vfio-platform"), 2);
	must_say(said.err, "twin means 2 devices: amba:twin, platform:twin");
	assert_int_equal(fake_count(fake), 0);
}

static void a_selector_of_any_number_must_be_allowed(void **state)
{
	assert_int_equal(rebind("id:8086:10d3", "vfio-pci"), 2);
	must_say(said.err, "--all-matching");
	assert_int_equal(change("rebind", "vfio-pci", "id:8086:10d3",
				(struct request){.all_matching = true}),
			 0);
}

/* vfio-pci takes the interface away; its name goes on to mean the device. */
static void a_device_is_still_selected_by_the_interface_that_it_had(void **state)
{
	assert_int_equal(rebind("eth0", "vfio-pci"), 0);
	assert_int_equal(change("restore", NULL, "eth0", (struct request){0}), 0);
	must_say(said.out, NIC " is bound to e1000e (before: vfio-pci)");
	assert_int_equal(change("restore", NULL, "eth7", (struct request){0}), 6);
}

static void a_device_that_is_gone_is_forgotten_once(void **state)
{
	assert_int_equal(rebind(NIC, "vfio-pci"), 0);
	fake_unplug(fake, "pci", NIC);
	assert_int_equal(change("restore", NULL, NIC_PATH, (struct request){.dry_run = true}), 0);
	assert_int_equal(change("restore", NULL, NIC_PATH, (struct request){0}), 0);
	must_say(said.out, NIC);
	assert_int_equal(change("restore", NULL, NIC_PATH, (struct request){0}), 6);
}

static void another_device_in_its_place_is_never_restored(void **state)
{
	assert_int_equal(rebind(NIC, "vfio-pci"), 0);
	fake_unplug(fake, "pci", NIC);
	fake_plug(fake, "pci " NIC " in pci0000:00 group=2 driver=vfio-pci id=8086:1521 "
			"class=20000\n");
	assert_int_equal(change("restore", NULL, NIC, (struct request){0}), 0);
	must_say(said.out, "another device is in its place");
}

static void a_probe_that_is_deferred_both_ways_leaves_work(void **state)
{
	fake_probe_defers(fake, NIC);
	/* The native driver cannot be bound again either. */
	assert_int_equal(rebind(NIC, "vfio-pci"), 5);
	must_say(said.err, "cannot bind " NIC " to vfio-pci");
	must_say(said.err, "cannot bind " NIC " to e1000e");
}

/* A process of the tree that has the group open. */
static void a_process_that_holds_the_group_is_named(void **state)
{
	assert_int_equal(rebind(NIC, "vfio-pci"), 0);
	fake_plug(fake, "/proc/4711/comm = qemu\n/proc/4711/fd/9 -> /dev/vfio/2\n"
			"/proc/4711/maps = \n");
	assert_int_equal(change("restore", NULL, NIC, (struct request){0}), 3);
	must_say(said.err, "4711");
	must_say(said.err, "qemu");
}

static void group_goes_with_vfio_and_none_alone(void **state)
{
	assert_int_equal(change("rebind", "e1000e", NIC, (struct request){.with_group = true}), 2);
	assert_int_equal(change("restore", NULL, NIC, (struct request){.with_group = true}), 2);
	assert_int_equal(change("rebind", NULL, NIC, (struct request){.with_group = true}), 0);
}

UNIT(change_causes)
{
#define ON_A_MACHINE(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		ON_A_MACHINE(a_name_of_devices_on_two_buses_is_refused_with_their_long_names),
		ON_A_MACHINE(a_selector_of_any_number_must_be_allowed),
		ON_A_MACHINE(a_device_is_still_selected_by_the_interface_that_it_had),
		ON_A_MACHINE(a_device_that_is_gone_is_forgotten_once),
		ON_A_MACHINE(another_device_in_its_place_is_never_restored),
		ON_A_MACHINE(a_probe_that_is_deferred_both_ways_leaves_work),
		ON_A_MACHINE(a_process_that_holds_the_group_is_named),
		ON_A_MACHINE(group_goes_with_vfio_and_none_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
