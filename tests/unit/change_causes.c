/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that a change means, the memory of them, and the causes of its failure. */
#include "support/changing.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static void a_name_of_devices_on_two_buses_is_refused_with_their_long_names(void **state)
{
	fake_plug(changing.fake, "group 5\nplatform twin group=5\namba twin group=5\n");
	assert_int_equal(changing_rebind("twin", "vfio-platform"), 2);
	changing_must_say(changing.said.err, "twin means 2 devices: amba:twin, platform:twin");
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_selector_of_any_number_must_be_allowed(void **state)
{
	assert_int_equal(changing_rebind("id:8086:10d3", "vfio-pci"), 2);
	changing_must_say(changing.said.err, "--all-matching");
	assert_int_equal(changing_make("rebind", "vfio-pci", "id:8086:10d3",
				       (struct request){.all_matching = true}),
			 0);
}

/* vfio-pci takes the interface away; its name goes on to mean the device. */
static void a_device_is_still_selected_by_the_interface_that_it_had(void **state)
{
	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 0);
	assert_int_equal(changing_make("restore", NULL, "eth0", (struct request){0}), 0);
	changing_must_say(changing.said.out, NIC " is bound to e1000e (before: vfio-pci)");
	assert_int_equal(changing_make("restore", NULL, "eth7", (struct request){0}), 6);
}

static void a_device_that_is_gone_is_forgotten_once(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	fake_unplug(changing.fake, "pci", NIC);
	assert_int_equal(
		changing_make("restore", NULL, NIC_PATH, (struct request){.dry_run = true}), 0);
	assert_int_equal(changing_make("restore", NULL, NIC_PATH, (struct request){0}), 0);
	changing_must_say(changing.said.out, NIC);
	assert_int_equal(changing_make("restore", NULL, NIC_PATH, (struct request){0}), 6);
}

static void another_device_in_its_place_is_never_restored(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	fake_unplug(changing.fake, "pci", NIC);
	fake_plug(changing.fake, "pci " NIC " in pci0000:00 group=2 driver=vfio-pci id=8086:1521 "
				 "class=20000\n");
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	changing_must_say(changing.said.out, "another device is in its place");
}

/*
 * A virtual function that was removed and made again has its address and its IDs, but is another
 * device: neither its driver nor its override is what a restore knows.
 */
static void a_device_that_was_made_again_is_another_one(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	fake_unplug(changing.fake, "pci", NIC);
	/* A file system that gives its number to the new folder would make it the same. */
	fake_plug(changing.fake, "/sys/devices/pci0000:00/between/\n");
	fake_plug(changing.fake, "group 2\n" NIC_LINE);
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	changing_must_say(changing.said.out, "another device is in its place");
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	assert_null(strstr(changing.said.out, "another device"));
	/* Moves of the new one are remembered for themselves. */
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	changing_must_say(changing.said.out, NIC " is bound to e1000e (before: vfio-pci)");
}

static void a_probe_that_is_deferred_both_ways_leaves_work(void **state)
{
	fake_probe_defers(changing.fake, NIC);
	/* The native driver cannot be bound again either. */
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 5);
	changing_must_say(changing.said.err, "cannot bind " NIC " to vfio-pci");
	changing_must_say(changing.said.err, "cannot bind " NIC " to e1000e");
}

/* A process of the tree that has the group open. */
static void a_process_that_holds_the_group_is_named(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	fake_plug(changing.fake, "/proc/4711/comm = qemu\n/proc/4711/fd/9 -> /dev/vfio/2\n"
				 "/proc/4711/maps = \n");
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 3);
	changing_must_say(changing.said.err, "4711");
	changing_must_say(changing.said.err, "qemu");
}

static void group_goes_with_vfio_and_none_alone(void **state)
{
	assert_int_equal(
		changing_make("rebind", "e1000e", NIC, (struct request){.with_group = true}), 2);
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){.with_group = true}),
			 2);
	assert_int_equal(changing_make("rebind", NULL, NIC, (struct request){.with_group = true}),
			 0);
}

/* Processes that open the group between the check and the unbind. */
static void a_process_that_blocks_the_unbind_is_named(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	changing_hang(2);
	fake_plug(changing.fake, "/proc/4711/comm = qemu\n/proc/4711/maps = \n");
	fake_file_after(changing.fake, 1, "/proc/4711/fd/9 -> /dev/vfio/2\n");
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 5);
	changing_must_say(changing.said.err, "qemu (process 4711) has " NIC " open");
	fake_heals(changing.fake);
}

static int start_with_platform_device(void **state)
{
	return changing_start_with("group 5\nplatform wait.dev group=5 driver=virtio-mmio\n");
}

/* The text of a rebind that fails because the kernel defers the probe for that @reason. */
static void rebind_deferred(const char *reason)
{
	_autofree_ char *line = NULL;

	assert_true(asprintf(&line, "/sys/kernel/debug/devices_deferred = wait.dev\\t%s\n",
			     reason) > 0);
	fake_has_module(changing.fake, "vfio_platform");
	fake_probe_defers(changing.fake, "wait.dev");
	fake_file_after(changing.fake, 1, line);
	assert_int_equal(changing_rebind("wait.dev", "vfio-platform"), 5);
}

static void the_supplier_that_a_deferred_device_waits_for_is_named(void **state)
{
	rebind_deferred("platform: wait for supplier clk.dev");
	changing_must_say(changing.said.err, "it waits for clk.dev: ");
}

static void a_device_without_a_known_supplier_does_not_wait_for_itself(void **state)
{
	rebind_deferred("");
	changing_must_say(changing.said.err, "the kernel gives no reason");
	assert_null(strstr(changing.said.err, "waits for wait.dev"));
}

static void the_remedy_of_a_deferral_says_how_the_change_is_ended(void **state)
{
	fake_plug(changing.fake, "platform clk.dev\n");
	rebind_deferred("platform: supplier clk.dev not ready\\n"
			"clk.dev\\tplatform: supplier wait.dev not ready");
	changing_must_say(changing.said.err, "Break the dependency cycle");
	changing_must_say(changing.said.err, "; then run \"iommuctl recover\"");
}

static bool announced, gap_announced;

static void announce(const char *sentence)
{
	announced |= strstr(sentence, NIC) != NULL;
	gap_announced |= strstr(sentence, "would not be noticed: the root of debugfs") != NULL;
}

static void a_step_that_takes_long_is_announced(void **state)
{
	announced = false;
	changing.tell = announce;
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	assert_false(announced);
	changing_hang(2);
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 5);
	assert_true(announced);
	fake_heals(changing.fake);
}

static void a_lock_without_debugfs_is_announced_where_one_is_needed(void **state)
{
	gap_announced = false;
	changing.tell = announce;
	assert_int_equal(
		changing_make("rebind", "vfio-pci", NIC, (struct request){.dry_run = true}), 0);
	assert_false(gap_announced);
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	assert_true(gap_announced);
	gap_announced = false;
	fake_plug(changing.fake, "/sys/kernel/debug/\n");
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	assert_false(gap_announced);
}

UNIT(change_causes)
{
#define WITH_WAIT(test) \
	cmocka_unit_test_setup_teardown(test, start_with_platform_device, changing_end)
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(a_name_of_devices_on_two_buses_is_refused_with_their_long_names),
		WITH_CHANGING(a_selector_of_any_number_must_be_allowed),
		WITH_CHANGING(a_device_is_still_selected_by_the_interface_that_it_had),
		WITH_CHANGING(a_device_that_is_gone_is_forgotten_once),
		WITH_CHANGING(another_device_in_its_place_is_never_restored),
		WITH_CHANGING(a_device_that_was_made_again_is_another_one),
		WITH_CHANGING(a_probe_that_is_deferred_both_ways_leaves_work),
		WITH_CHANGING(a_process_that_holds_the_group_is_named),
		WITH_CHANGING(group_goes_with_vfio_and_none_alone),
		WITH_CHANGING(a_process_that_blocks_the_unbind_is_named),
		WITH_WAIT(the_supplier_that_a_deferred_device_waits_for_is_named),
		WITH_WAIT(the_remedy_of_a_deferral_says_how_the_change_is_ended),
		WITH_WAIT(a_device_without_a_known_supplier_does_not_wait_for_itself),
		WITH_CHANGING(a_step_that_takes_long_is_announced),
		WITH_CHANGING(a_lock_without_debugfs_is_announced_where_one_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
