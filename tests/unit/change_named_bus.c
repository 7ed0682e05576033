/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a device on a bus without groups: the vmbus of a guest of Hyper-V. */
#include "support/changing.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define CARD "f8615163-df3e"
#define CARD_PATH "/sys/devices/LNXSYSTM:00/VMBUS:00/" CARD

static int start_guest(void **state)
{
	return changing_start_with("/sys/bus/vmbus/devices/" CARD
				   " -> ../../../devices/LNXSYSTM:00/VMBUS:00/" CARD "\n" CARD_PATH
				   "/uevent = DRIVER=hv_netvsc\n" CARD_PATH
				   "/modalias = vmbus:635161f83edfc546913ff2d2f965ed0e\n" CARD_PATH
				   "/driver_override = (null)\n" CARD_PATH
				   "/driver -> ../../../../bus/vmbus/drivers/hv_netvsc\n"
				   "/sys/bus/vmbus/drivers/hv_netvsc/\n"
				   "interface net eth1 of " CARD_PATH "\n"
				   "/iommuctl/network = namespace own /proc/self/ns/net our own\\n"
				   "interface 2 eth0 0 0 0 -1 - pci " NIC "\\n"
				   "interface 3 eth1 0 0 0 -1 - vmbus " CARD "\\nend\n");
}

static void a_device_is_moved_by_any_of_its_names(void **state)
{
	static const char *const names[] = {CARD, "vmbus:" CARD, CARD_PATH, "eth1"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(changing_rebind(names[i], "uio_hv_generic"), 0);
		changing_must_say(changing.said.out,
				  CARD " is bound to uio_hv_generic (before: hv_netvsc)");
		assert_int_equal(changing_make("restore", NULL, CARD, (struct request){0}), 0);
		changing_must_say(changing.said.out,
				  CARD " is bound to hv_netvsc (before: uio_hv_generic)");
	}
}

static void a_moved_device_answers_to_its_former_interface_and_to_all(void **state)
{
	assert_int_equal(changing_rebind("eth1", "uio_hv_generic"), 0);
	assert_int_equal(changing_make("restore", NULL, "eth1", (struct request){0}), 0);
	changing_must_say(changing.said.out, CARD " is bound to hv_netvsc");
	assert_int_equal(changing_rebind("eth1", NULL), 0);
	assert_int_equal(changing_make("restore", NULL, NULL, (struct request){.all = true}), 0);
	changing_must_say(changing.said.out, CARD " is bound to hv_netvsc");
}

UNIT(change_named_bus)
{
#define IN_A_GUEST(test) cmocka_unit_test_setup_teardown(test, start_guest, changing_end)
	const struct CMUnitTest tests[] = {
		IN_A_GUEST(a_device_is_moved_by_any_of_its_names),
		IN_A_GUEST(a_moved_device_answers_to_its_former_interface_and_to_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
