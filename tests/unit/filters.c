/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A filter leaves what the sources judge by, and nothing private. */
#include "capture/filters.h"
#include "capture/privacy.h"
#include "support/check.h"

#include <string.h>

static void assert_leaves(struct span (*filter)(struct span text, struct disguise *disguise),
			  const char *text, size_t length, const char *expected)
{
	_autoarena_ struct arena *arena = arena_new();
	/* No byte behind the text may be read. */
	char *copy = malloc(length + 1);
	struct span left;

	assert_non_null(copy);
	memcpy(copy, text, length);
	left = filter((struct span){copy, length}, disguise_new(arena));
	assert_int_equal(left.length, strlen(expected));
	assert_memory_equal(left.start, expected, left.length);
	free(copy);
}

static void assert_text_leaves(struct span (*filter)(struct span text, struct disguise *disguise),
			       const char *text, const char *expected)
{
	assert_leaves(filter, text, strlen(text), expected);
}

static void an_interrupt_keeps_its_number_and_chip(void **state)
{
	assert_text_leaves(filter_interrupts,
			   "            CPU0       CPU1\n"
			   "   0:         36          0  IR-IO-APIC    2-edge      timer\n"
			   "  24:          0         17  IR-PCI-MSI 49152-edge   xhci_hcd\n"
			   " NMI:          0          0   Non-maskable interrupts\n"
			   " ERR:          0\n"
			   "  25:  1 2 ITS-MSI",
			   "   0: IR-IO-APIC\n  24: IR-PCI-MSI\n NMI: Non-maskable\n ERR: \n  25: "
			   "ITS-MSI\n");
	assert_text_leaves(filter_interrupts, "", "");
	assert_text_leaves(filter_interrupts, "nothing", "");
}

/* A count may end the line, or touch what follows it. */
static void a_line_of_interrupts_need_not_have_a_chip(void **state)
{
	assert_text_leaves(filter_interrupts, "  26:  1 2", "  26: \n");
	assert_text_leaves(filter_interrupts, "  27:  1 2-edge timer\n", "  27: 2-edge\n");
	assert_text_leaves(filter_interrupts, "  28:", "  28: \n");
}

static void an_input_keeps_what_tells_a_keyboard(void **state)
{
	assert_text_leaves(filter_inputs,
			   "I: Bus=0003 Vendor=PRIVATE\n"
			   "N: Name=\"PRIVATE\"\n"
			   "S: Sysfs=/devices/x/input/input3\n"
			   "U: Uniq=PRIVATE\n"
			   "H: Handlers=sysrq kbd event3\n"
			   "B: EV=120013\n"
			   "B: KEY=7 ff\n"
			   "\n",
			   "S: Sysfs=/devices/x/input/input3\n"
			   "H: Handlers=sysrq kbd event3\n"
			   "B: KEY=7 ff\n"
			   "\n");
}

static void what_is_no_address_stays(void **state)
{
	static const char *const words[] = {
		"a=00:11:22:33:44", "a=00:11:22:33:44:5g", "a=00:11:22:33:44:55:66",
		"a=0123456789012345678901234567890123456789012345678901234567890123456789"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_text_leaves(filter_addresses, words[i], words[i]);
}

static void addresses_among_words_are_replaced(void **state)
{
	assert_text_leaves(
		filter_addresses,
		"quiet netconsole=6665@10.1.2.3/eth0,6666@10.1.2.4/00:11:22:33:44:5f "
		"ip=10.1.2.3::10.1.2.1:255.255.255.0:host pci=0000:01:00.0 at=fd00::7 x",
		"quiet netconsole=6665@198.18.0.1/eth0,6666@198.18.0.2/2001:db8::3 "
		"ip=198.18.0.1::198.18.0.4:198.18.0.5:host pci=0000:01:00.0 at=2001:db8::6 x");
	assert_text_leaves(filter_addresses, "iommu=pt dead:beef 1.2.3 ...",
			   "iommu=pt dead:beef 1.2.3 ...");
	assert_text_leaves(filter_addresses, "", "");
}

static void a_controller_on_a_network_keeps_its_interface(void **state)
{
	assert_text_leaves(filter_nvme_address,
			   "traddr=10.0.0.1,trsvcid=4420,host_iface=eth1,src_addr=10.0.0.2\n",
			   "traddr=198.18.0.1,trsvcid=4420,host_iface=eth1,src_addr=198.18.0.2\n");
	assert_text_leaves(filter_nvme_address, "traddr", "traddr");
	assert_text_leaves(filter_symbolic_name, "host PRIVATE fcoe v0.1 over eth1\n",
			   "*** over eth1\n");
	assert_text_leaves(filter_symbolic_name, "QLE2562 of PRIVATE", "***");
	assert_text_leaves(filter_address, "10.0.0.1\n", "198.18.0.1\n");
	assert_text_leaves(filter_address, "", "");
}

static void a_guest_keeps_its_name(void **state)
{
	static const char line[] = "qemu\0-object\0secret,data=x\0-name\0guest=web,a=b\0-m\0"
				   "1G";
	static const char kept[] = "-name\0guest=web,a=b";
	_autoarena_ struct arena *arena = arena_new();
	struct span left =
		filter_guest_name((struct span){line, sizeof(line)}, disguise_new(arena));

	assert_int_equal(left.length, sizeof(kept));
	assert_memory_equal(left.start, kept, sizeof(kept));
	assert_text_leaves(filter_guest_name, "qemu", "");
	assert_text_leaves(filter_guest_name, "-name", "");
	assert_text_leaves(filter_guest_name, "-nam", "");
	assert_text_leaves(filter_guest_name, "", "");
}

static void only_mappings_of_device_nodes_stay(void **state)
{
	assert_text_leaves(filter_mappings,
			   "7f00-7f01 r--p 0 00:06 321    /home/me/lib.so\n"
			   "7f02-7f03 rw-s 0 00:06 321    /dev/dri/card0\n"
			   "7f04-7f05 rw-p 0 00:00 0\n"
			   "7f06-7f07 rw-s 0 00:06 5    /dev/zero\n",
			   "7f02-7f03 rw-s 0 00:06 321    /dev/dri/card0\n");
	assert_text_leaves(filter_ring,
			   "SqMask:\t0x0\n    0: opcode:NOP\nUserFiles:\t4\n    0: /dev/nvme0n1\n"
			   "    1: /home/me/file\n    2: <none>\n    3: file\n"
			   "UserBufs:\t1\n    0: 0x7f00/4096\n",
			   "UserFiles:\t4\n    0: /dev/nvme0n1\n    1: <none>\n    2: <none>\n");
	assert_text_leaves(filter_nvidia, "GPU UUID: x\nDevice Minor: \t 0\n",
			   "Device Minor: \t 0\n");
}

static void a_file_without_a_rule_is_private(void **state)
{
	assert_int_equal(privacy_rule_of("/etc/shadow")->treatment, TREATMENT_PRIVATE);
	assert_int_equal(privacy_rule_of("/proc/5/status")->treatment, TREATMENT_PRIVATE);
	assert_int_equal(privacy_rule_of("/proc/net/tcp")->treatment, TREATMENT_PRIVATE);
	assert_int_equal(privacy_rule_of("/sys/devices/x/vendor")->treatment, TREATMENT_KEEP);
	assert_int_equal(privacy_rule_of("/sys/devices/x/serial")->treatment, TREATMENT_PRIVATE);
	assert_int_equal(privacy_rule_of("/sys/devices/x/net/eth0/address")->treatment,
			 TREATMENT_REPLACED);
	assert_int_equal(privacy_rule_of("/sys/devices/x/nvme/nvme0/serial")->treatment,
			 TREATMENT_REPLACED);
	assert_int_equal(
		privacy_rule_of("/sys/firmware/devicetree/base/soc/serial@1/reg")->treatment,
		TREATMENT_KEEP);
	assert_int_equal(privacy_rule_of("/sys/firmware/devicetree/base/serial-number")->treatment,
			 TREATMENT_PRIVATE);
	assert_int_equal(privacy_rule_of("/proc/5/environ")->treatment, TREATMENT_REPLACED);
	assert_int_equal(privacy_rule_of("/run/netns/blue")->treatment, TREATMENT_REPLACED);
}

static void a_pin_keeps_no_serial_and_no_comment(void **state)
{
	assert_text_leaves(
		filter_pin,
		"# PRIVATE\ndriver = vfio-pci\n serial = mac:PRIVATE\nserial=pcie:PRIVATE",
		"driver = vfio-pci\n serial = mac:***\nserial=pcie:***\n");
	assert_text_leaves(filter_pin, "", "");
}

static void a_guest_keeps_the_devices_that_libvirt_manages(void **state)
{
	assert_text_leaves(
		filter_guest_file,
		"<domain><name>PRIVATE</name><hostdev type='pci' managed='yes'><driver "
		"model='mlx5_vfio_pci'/><source startupPolicy='PRIVATE'><address bus='1'/>"
		"</source></hostdev><hostdev type='pci' managed='no'><source><address bus='2'/>"
		"</source></hostdev></domain>",
		"<hostdev type='pci' managed='yes'><driver model='mlx5_vfio_pci'/><source><address "
		"domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source></hostdev>\n");
	assert_text_leaves(filter_guest_file, "", "");
	assert_ptr_equal(privacy_rule_of("/etc/libvirt/qemu/web.xml")->filter, filter_guest_file);
	assert_int_equal(privacy_rule_of("/etc/libvirt/qemu/autostart/web.xml")->treatment,
			 TREATMENT_PRIVATE);
}

UNIT(filters)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interrupt_keeps_its_number_and_chip),
		cmocka_unit_test(a_line_of_interrupts_need_not_have_a_chip),
		cmocka_unit_test(an_input_keeps_what_tells_a_keyboard),
		cmocka_unit_test(what_is_no_address_stays),
		cmocka_unit_test(addresses_among_words_are_replaced),
		cmocka_unit_test(a_controller_on_a_network_keeps_its_interface),
		cmocka_unit_test(a_guest_keeps_its_name),
		cmocka_unit_test(only_mappings_of_device_nodes_stay),
		cmocka_unit_test(a_pin_keeps_no_serial_and_no_comment),
		cmocka_unit_test(a_file_without_a_rule_is_private),
		cmocka_unit_test(a_guest_keeps_the_devices_that_libvirt_manages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
