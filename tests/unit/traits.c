/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties that decide whether devices can be handed over: config space, sysfs, and the machine
 * itself.
 */
#include "sources/devices/pci_config.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/hang.h"
#include "support/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PORT "/sys/devices/pci0000:00/0000:00:01.0"
#define CARD PORT "/0000:01:00.0"
#define PORT_AND_CARD                                                \
	"pci 0000:00:01.0 in pci0000:00 header=81 pcie=4 acs=1d/5\n" \
	"pci 0000:01:00.0 in pci0000:00/0000:00:01.0 header=80 pcie=0\n"

/* @driver: that the device will get, or NULL */
static const struct system *look_in(const char *dir, const char *path, const char *driver)
{
	const char *const paths[] = {path, "/sys/devices/pci0000:00/0000:00:1f.7"};
	const struct focus focus = {.paths = paths, .count = 2, .driver = driver};
	_autoroot_ struct root *root = NULL;
	const struct system *system;
	struct error error;

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(system_read_about(root, FACT_TRAITS, &focus, &system, &error), 0);
	return system;
}

static const struct system *read_traits(const char *text, const char *path)
{
	char *dir = tree_new(text);
	const struct system *system = look_in(dir, path, NULL);

	tree_remove(dir);
	return system;
}

static const struct traits *traits_of(const struct system *system, const char *label)
{
	const struct traits *traits = find_device(system, label)->traits;

	assert_non_null(traits);
	return traits;
}

static void config_space_says_what_a_device_and_the_bridges_above_it_are(void **state)
{
	_autosystem_ const struct system *system =
		read_traits(PORT_AND_CARD "pci 0000:00:02.0 in pci0000:00 header=0\n", CARD);
	const struct traits *card = traits_of(system, "0000:01:00.0");
	const struct traits *port = traits_of(system, "0000:00:01.0");

	assert_null(card->config_error);
	assert_int_equal(card->header_type, 0);
	assert_int_equal(card->multifunction, ANSWER_YES);
	assert_int_equal(card->pcie, PCIE_ENDPOINT);
	assert_int_equal(card->acs_present, ANSWER_NO);
	assert_int_equal(port->header_type, 1);
	assert_int_equal(port->pcie, PCIE_ROOT_PORT);
	assert_int_equal(port->acs_present, ANSWER_YES);
	assert_int_equal(port->acs_capable, 0x1d);
	assert_int_equal(port->acs_controls, 0x5);
	assert_null(find_device(system, "0000:00:02.0")->traits);
}

static void conventional_devices_are_told_from_express_ones(void **state)
{
	_autosystem_ const struct system *system =
		read_traits("pci 0000:00:01.0 in pci0000:00 header=0\n", PORT);
	const struct traits *traits = traits_of(system, "0000:00:01.0");

	assert_null(traits->config_error);
	assert_int_equal(traits->multifunction, ANSWER_NO);
	assert_int_equal(traits->pcie, PCIE_NONE);
	assert_int_equal(traits->acs_present, ANSWER_NO);
}

static void without_root_only_the_header_is_known(void **state)
{
	_autosystem_ const struct system *system = read_traits(
		"pci 0000:00:01.0 in pci0000:00 header=81 pcie=4 acs=1d/1d config=short\n", PORT);
	const struct traits *traits = traits_of(system, "0000:00:01.0");

	assert_string_equal(traits->config_error, "only root can read more than the header");
	assert_int_equal(traits->header_type, 1);
	assert_int_equal(traits->multifunction, ANSWER_YES);
	assert_int_equal(traits->acs_present, ANSWER_UNKNOWN);
}

static const char *sleeps(const char *files)
{
	char *dir = tree_new(files);
	_autoroot_ struct root *root = NULL;
	const char *answer;
	struct error error;

	assert_int_equal(root_open(dir, &root, &error), 0);
	answer = pci_config_sleeps(root, CARD);
	tree_remove(dir);
	return answer;
}

static void a_device_that_power_management_put_to_sleep_is_not_woken(void **state)
{
	assert_non_null(strstr(sleeps(CARD "/power_state = D3cold\n"), "D3cold"));
	assert_non_null(strstr(
		sleeps(CARD "/power_state = D3cold\n" CARD "/power/runtime_status = suspended\n"),
		"D3cold"));
	assert_non_null(strstr(sleeps(CARD "/power/runtime_status = suspended\n"), "suspended"));
	assert_null(
		sleeps(CARD "/power_state = D3hot\n" CARD "/power/runtime_status = suspended\n"));
	/* The device is in D3cold because it no longer answers. */
	assert_null(sleeps(CARD "/power_state = D3cold\n" CARD "/power/runtime_status = active\n"));
}

static void a_device_that_is_gone_is_not_one_with_all_capabilities(void **state)
{
	char gone[PCI_CONFIG_SIZE];
	struct pci_config config;

	memset(gone, 0xff, sizeof(gone));
	config = pci_config_parse(gone, sizeof(gone));
	assert_true(config.gone);
	assert_int_equal(config.header_type, -1);
	assert_int_equal(config.pcie, PCIE_NONE);
	config = pci_config_parse(gone, 10);
	assert_false(config.complete);
}

static void a_virtual_function_without_ids_answers(void **state)
{
	char function[PCI_CONFIG_SIZE] = {0};

	memset(function, 0xff, 4);
	assert_false(pci_config_parse(function, sizeof(function)).gone);
	assert_int_equal(pci_config_parse(function, sizeof(function)).header_type, 0);
}

static void capabilities_that_go_in_circles_end(void **state)
{
	char image[PCI_CONFIG_SIZE] = {0};

	image[0x06] = 0x10;
	image[0x34] = 0x40;
	image[0x40] = 0x01;
	image[0x41] = 0x40;
	assert_int_equal(pci_config_parse(image, sizeof(image)).pcie, PCIE_NONE);
	image[0x40] = 0x10;
	image[0x42] = 0x62;
	/* An extended capability that links to itself, and one that links beyond the space. */
	memcpy(image + 0x100, "\x01\0\x01\x10", 4);
	assert_int_equal(pci_config_parse(image, sizeof(image)).pcie, PCIE_DOWNSTREAM);
	assert_false(pci_config_parse(image, sizeof(image)).acs);
	memcpy(image + 0x100, "\x01\0\xc1\xff", 4);
	memcpy(image + 0xffc, "\x0d\0\x01\0", 4);
	assert_false(pci_config_parse(image, sizeof(image)).acs);
}

static void any_bytes_are_taken_as_config_space(void **state)
{
	enum { TRIES = 20000 };
	char image[PCI_CONFIG_SIZE];
	unsigned seed = 1;

	for (size_t i = 0; i < TRIES; i++) {
		size_t length = (size_t)rand_r(&seed) % sizeof(image);

		for (size_t j = 0; j < 0x140 && j < length; j++)
			image[j] = (char)rand_r(&seed);
		assert_true(pci_config_parse(image, length).header_type < 0x80);
	}
}

static void a_config_space_that_hangs_is_busy(void **state)
{
	char *dir = tree_new("pci 0000:00:01.0 in pci0000:00\n");
	const struct system *system;

	hang_at(PORT "/config");
	system = look_in(dir, PORT, NULL);
	hang_nowhere();
	assert_non_null(strstr(traits_of(system, "0000:00:01.0")->config_error, "busy"));
	assert_int_equal(traits_of(system, "0000:00:01.0")->acs_present, ANSWER_UNKNOWN);
	system_free(system);
	tree_remove(dir);
}

static void sysfs_says_how_a_device_is_reset_and_powered(void **state)
{
	_autosystem_ const struct system *system = read_traits(
		PORT_AND_CARD CARD "/reset_method = flr bus\n" CARD "/d3cold_allowed = 0\n" CARD
				   "/power_state = D0\n" PORT "/reset_method = \n",
		CARD);
	const struct traits *card = traits_of(system, "0000:01:00.0");
	const struct traits *port = traits_of(system, "0000:00:01.0");

	assert_int_equal(card->has_override, ANSWER_YES);
	assert_string_equal(card->reset_methods, "flr bus");
	assert_string_equal(card->power_state, "D0");
	assert_int_equal(card->d3cold_allowed, ANSWER_NO);
	assert_string_equal(port->reset_methods, "");
	assert_int_equal(card->can_reset, ANSWER_YES);
	assert_int_equal(port->can_reset, ANSWER_NO);
	assert_null(port->power_state);
	assert_int_equal(port->d3cold_allowed, ANSWER_UNKNOWN);
}

/* The files of two devices that differ in having "reset", on a kernel of that release. */
static const struct system *look_at_resets(const char *release)
{
	char text[512];

	snprintf(text, sizeof(text),
		 PORT_AND_CARD CARD "/reset = \n/proc/sys/kernel/osrelease = %s\n", release);
	return read_traits(text, CARD);
}

static void an_old_kernel_has_the_file_reset_where_a_device_can_be_reset(void **state)
{
	_autosystem_ const struct system *old = look_at_resets("5.10.0-32-amd64");
	_autosystem_ const struct system *newer = look_at_resets("6.1.0-42-amd64");

	assert_null(traits_of(old, "0000:01:00.0")->reset_methods);
	assert_int_equal(traits_of(old, "0000:01:00.0")->can_reset, ANSWER_YES);
	assert_int_equal(traits_of(old, "0000:00:01.0")->can_reset, ANSWER_NO);
	assert_int_equal(traits_of(newer, "0000:01:00.0")->can_reset, ANSWER_YES);
	assert_int_equal(traits_of(newer, "0000:00:01.0")->can_reset, ANSWER_UNKNOWN);
}

static void virtual_functions_and_their_parent_know_each_other(void **state)
{
	_autosystem_ const struct system *system =
		read_traits("pci 0000:01:00.0 in pci0000:00 header=80 pcie=0\n"
			    "pci 0000:01:00.1 in pci0000:00 header=80 pcie=0\n"
			    "pci 0000:01:00.2 in pci0000:00\n"
			    "/sys/devices/pci0000:00/0000:01:00.0/virtfn0 -> ../0000:01:00.1\n"
			    "/sys/devices/pci0000:00/0000:01:00.0/virtfn1 -> ../0000:01:00.2\n"
			    "/sys/devices/pci0000:00/0000:01:00.1/physfn -> ../0000:01:00.0\n",
			    "/sys/devices/pci0000:00/0000:01:00.1");
	_autosystem_ const struct system *parent =
		read_traits("pci 0000:01:00.0 in pci0000:00\npci 0000:01:00.1 in pci0000:00\n"
			    "/sys/devices/pci0000:00/0000:01:00.0/virtfn0 -> ../0000:01:00.1\n"
			    "/sys/devices/pci0000:00/0000:01:00.0/virtfn1 -> ../0000:01:00.1\n",
			    "/sys/devices/pci0000:00/0000:01:00.0");
	const struct traits *function = traits_of(system, "0000:01:00.1");

	assert_string_equal(function->physical_function, "/sys/devices/pci0000:00/0000:01:00.0");
	assert_int_equal(function->multifunction, ANSWER_NO);
	assert_int_equal(function->virtual_functions, 0);
	assert_int_equal(traits_of(parent, "0000:01:00.0")->virtual_functions, 2);
}

static void a_devicetree_node_has_its_compatible(void **state)
{
	_autosystem_ const struct system *system =
		read_traits("platform 9060000.dma group=1 of=/dma@9060000\n"
			    "/sys/devices/platform/9060000.dma/of_node -> "
			    "../../../firmware/devicetree/base/dma@9060000\n"
			    "/sys/firmware/devicetree/base/dma@9060000/compatible = "
			    "arm,pl330\\x00arm,primecell\n",
			    "/sys/devices/platform/9060000.dma");
	const struct traits *traits = traits_of(system, "9060000.dma");

	assert_string_equal(traits->compatible, "arm,pl330");
	assert_null(traits->config_error);
}

static void modules_claim_devices_where_an_index_says_so(void **state)
{
	static const char CLAIMED[] = "/sys/devices/pci0000:00/0000:00:03.0/0000:01:00.0";
	char *dir = tree_new("/sys/bus/pci/drivers/vfio-pci/\n");
	_autofree_ char *command = NULL;
	const struct traits *traits;
	const struct system *found;

	assert_true(asprintf(&command, "tar -C %s -xzf %s/trees/virtio-6.12.tar.gz", dir,
			     TESTS_DIR) > 0);
	assert_int_equal(system(command), 0);
	found = look_in(dir, CLAIMED, "e1000e");
	traits = traits_of(found, "0000:01:00.0");
	assert_true(traits->claims_known);
	assert_int_equal(traits->claim_count, 1);
	assert_string_equal(traits->claims[0], "e1000e");
	/* The query did not include the bridge. */
	assert_false(traits_of(found, "0000:00:03.0")->claims_known);
	assert_int_equal(system_source(found, "traits")->state, SOURCE_READ);
	system_free(found);
	/* vfio-pci takes any device. */
	found = look_in(dir, CLAIMED, "vfio-pci");
	assert_false(traits_of(found, "0000:01:00.0")->claims_known);
	system_free(found);
	tree_remove(dir);
}

static void members_of_large_groups_are_looked_at_without_a_focus(void **state)
{
	_autosystem_ const struct system *system =
		snapshot("pci 0000:00:01.0 in pci0000:00 group=0 header=81 pcie=4\n"
			 "pci 0000:01:00.0 in pci0000:00/0000:00:01.0 group=1 header=80 pcie=0\n"
			 "pci 0000:01:00.1 in pci0000:00/0000:00:01.0 group=1 header=80 pcie=0\n"
			 "pci 0000:00:02.0 in pci0000:00 group=2 header=0 pcie=0\n",
			 FACT_TRAITS);

	assert_int_equal(traits_of(system, "0000:01:00.1")->pcie, PCIE_ENDPOINT);
	assert_int_equal(traits_of(system, "0000:01:00.0")->pcie, PCIE_ENDPOINT);
	assert_int_equal(traits_of(system, "0000:00:01.0")->pcie, PCIE_ROOT_PORT);
	assert_null(find_device(system, "0000:00:02.0")->traits);
	assert_null(system->machine.vfio);
}

static void the_machine_tells_whether_vfio_will_work(void **state)
{
	_autosystem_ const struct system *system = read_traits(
		PORT_AND_CARD
		"/proc/sys/kernel/arch = x86_64\n"
		"/proc/interrupts =            CPU0\\n  0: 1 IR-IO-APIC 2-edge timer\n"
		"/sys/module/vfio/parameters/enable_unsafe_noiommu_mode = Y\n"
		"/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts = N\n"
		"/sys/module/vfio_pci/parameters/disable_denylist = ?what\n"
		"/dev/iommu = \n"
		"/proc/self/ns/pid -> pid:[4026531836]\n/run/\n/proc/1/root -> ../..\n"
		"/proc/self/limits = Limit   Soft  Hard  Units\\n"
		"Max locked memory         8388608              unlimited            bytes\n",
		CARD);
	const struct vfio_host *host = system->machine.vfio;

	assert_non_null(host);
	assert_int_equal(host->unsafe_noiommu, ANSWER_YES);
	assert_int_equal(host->unsafe_interrupts, ANSWER_NO);
	assert_int_equal(host->denylist_off, ANSWER_UNKNOWN);
	assert_int_equal(host->isolated_interrupts, ANSWER_YES);
	assert_int_equal(host->type1_loaded, ANSWER_YES);
	assert_int_equal(host->has_iommufd, ANSWER_YES);
	assert_int_equal(host->in_container, ANSWER_NO);
	assert_int_equal(host->memlock, 8388608);
}

static void a_fact_that_a_machine_does_not_have_is_unknown(void **state)
{
	_autosystem_ const struct system *system = read_traits(PORT_AND_CARD, CARD);
	const struct vfio_host *host = system->machine.vfio;

	/* A module that is not loaded has no parameter that is on. */
	assert_int_equal(host->unsafe_noiommu, ANSWER_NO);
	assert_int_equal(host->type1_loaded, ANSWER_NO);
	assert_int_equal(host->isolated_interrupts, ANSWER_UNKNOWN);
	assert_int_equal(host->in_container, ANSWER_UNKNOWN);
	assert_null(host->container_evidence);
	assert_int_equal(host->memlock, -1);
}

/* The answer that a line of /proc/interrupts gives about isolation on that architecture. */
static enum answer isolated(const char *arch, const char *line)
{
	_autofree_ char *text = NULL;
	enum answer answer;
	const struct system *system;

	assert_true(asprintf(&text,
			     PORT_AND_CARD
			     "/proc/sys/kernel/arch = %s\n/proc/interrupts = 0: 1 %s\n",
			     arch, line) > 0);
	system = read_traits(text, CARD);
	answer = system->machine.vfio->isolated_interrupts;
	system_free(system);
	return answer;
}

static void interrupts_are_isolated_by_remapping_or_by_device_id(void **state)
{
	assert_int_equal(isolated("x86_64", "IO-APIC 2-edge timer"), ANSWER_NO);
	assert_int_equal(isolated("x86_64", "IR-PCI-MSI 1-edge eth0"), ANSWER_YES);
	assert_int_equal(isolated("aarch64", "ITS-MSI 16384 Edge eth0"), ANSWER_YES);
	assert_int_equal(isolated("aarch64", "MSI 16384 Edge eth0"), ANSWER_NO);
	assert_int_equal(isolated("aarch64", "GICv3 27 Level arch_timer"), ANSWER_UNKNOWN);
	assert_int_equal(isolated("riscv64", "IR-"), ANSWER_UNKNOWN);
}

/* The file that shows a container among these, or NULL. */
static const char *container(const char *files, enum answer expected)
{
	_autofree_ char *text = NULL;
	const struct system *system;
	const char *evidence;

	assert_true(asprintf(&text, PORT_AND_CARD "%s", files) > 0);
	system = read_traits(text, CARD);
	assert_int_equal(system->machine.vfio->in_container, expected);
	evidence = system->machine.vfio->container_evidence;
	system_free(system);
	return evidence;
}

static void a_container_shows_other_processes_or_another_run(void **state)
{
	assert_string_equal(container("/proc/self/ns/pid -> pid:[4026532281]\n", ANSWER_YES),
			    "/proc/self/ns/pid");
	assert_string_equal(container("/proc/self/ns/pid -> pid:[4026531836]\n"
				      "/run/\n/proc/1/root/run/\n",
				      ANSWER_YES),
			    "/proc/1/root/run");
	assert_null(container("/proc/self/ns/pid -> pid:[4026531836]\n/run/\n", ANSWER_UNKNOWN));
	/* A plain user cannot follow /proc/1/root: then the file of a container's manager counts.
	 */
	assert_string_equal(container("/proc/self/ns/pid -> pid:[4026531836]\n/run/\n"
				      "/.dockerenv = \n",
				      ANSWER_YES),
			    "/.dockerenv");
	assert_null(container("/proc/self/ns/pid -> pid:[4026531836]\n/run/.containerenv = \n"
			      "/proc/1/root -> ../..\n",
			      ANSWER_NO));
}

UNIT(traits)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_space_says_what_a_device_and_the_bridges_above_it_are),
		cmocka_unit_test(conventional_devices_are_told_from_express_ones),
		cmocka_unit_test(without_root_only_the_header_is_known),
		cmocka_unit_test(a_device_that_power_management_put_to_sleep_is_not_woken),
		cmocka_unit_test(a_device_that_is_gone_is_not_one_with_all_capabilities),
		cmocka_unit_test(a_virtual_function_without_ids_answers),
		cmocka_unit_test(capabilities_that_go_in_circles_end),
		cmocka_unit_test(any_bytes_are_taken_as_config_space),
		cmocka_unit_test(a_config_space_that_hangs_is_busy),
		cmocka_unit_test(sysfs_says_how_a_device_is_reset_and_powered),
		cmocka_unit_test(an_old_kernel_has_the_file_reset_where_a_device_can_be_reset),
		cmocka_unit_test(virtual_functions_and_their_parent_know_each_other),
		cmocka_unit_test(a_devicetree_node_has_its_compatible),
		cmocka_unit_test(modules_claim_devices_where_an_index_says_so),
		cmocka_unit_test(members_of_large_groups_are_looked_at_without_a_focus),
		cmocka_unit_test(the_machine_tells_whether_vfio_will_work),
		cmocka_unit_test(a_fact_that_a_machine_does_not_have_is_unknown),
		cmocka_unit_test(interrupts_are_isolated_by_remapping_or_by_device_id),
		cmocka_unit_test(a_container_shows_other_processes_or_another_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
