/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that depend on another one by the devicetree, and channels of a DMA controller. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define BASE "/sys/firmware/devicetree/base"
#define PLATFORM "/sys/devices/platform"

/* A clock that a0.x uses, a child of the clock, and devices that do not use it. */
static const char MACHINE[] =
	"/proc/sys/kernel/osrelease = 6.12.0\n"
	"group 0\n"
	"platform 9000.clk group=0 driver=clk of=/clk@9000\n"
	"platform a0.x driver=x of=/x@a0\n"
	"platform b0.idle of=/x@b0\n"
	"platform c0.other driver=x of=/x@c0\n" PLATFORM
	"/9000.clk/of_node -> ../../../firmware/devicetree/base/clk@9000\n" PLATFORM
	"/a0.x/of_node -> ../../../firmware/devicetree/base/x@a0\n" PLATFORM
	"/b0.idle/of_node -> ../../../firmware/devicetree/base/x@b0\n" PLATFORM
	"/c0.other/of_node -> ../../../firmware/devicetree/base/x@c0\n" BASE
	"/clk@9000/compatible = acme,clk\\x00\\c\n" BASE "/x@a0/compatible = acme,x\\x00\\c\n" BASE
	"/x@b0/compatible = acme,x\\x00\\c\n" BASE
	"/clk@9000/phandle = \\x00\\x00\\x00\\x01\\c\n" BASE
	"/x@a0/clocks = \\x00\\x00\\x00\\x01\\c\n" BASE
	"/x@b0/clocks = \\x00\\x00\\x00\\x01\\c\n" BASE "/x@c0/compatible = acme,x\\x00\\c\n";

#define CLOCK_CELLS BASE "/clk@9000/#clock-cells = \\x00\\x00\\x00\\x00\\c\n"

/* The users of 9000.clk, joined by "; ", with "?" where there may be more. */
static const char *users(const char *more)
{
	static const char *const paths[] = {PLATFORM "/9000.clk", NULL};
	static char all[512];
	_autofree_ char *text = NULL;
	const struct system *system;
	const struct uses *uses;
	size_t used = 0;

	assert_true(asprintf(&text, "%s%s", MACHINE, more) > 0);
	system = snapshot_about(text, 0, paths);
	uses = find_device(system, "9000.clk")->uses;
	all[0] = '\0';
	for (size_t i = 0; i < uses->count; i++)
		if (uses->items[i].kind == USE_CONSUMER)
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s: %s",
						 used ? "; " : "", uses->items[i].node,
						 uses->items[i].user);
	if (is_blind(find_device(system, "9000.clk"), USE_CONSUMER))
		snprintf(all + used, sizeof(all) - used, "?");
	system_free(system);
	return all;
}

static void a_bound_device_whose_node_refers_to_it_uses_it(void **state)
{
	assert_string_equal(users(CLOCK_CELLS), "9000.clk: a0.x");
}

/* Without a property of a provider nothing refers to the node in a way that matters. */
static void a_node_that_provides_nothing_has_no_users(void **state)
{
	assert_string_equal(users(""), "");
	assert_string_equal(users(BASE "/clk@9000/#address-cells = \\x00\\x00\\x00\\x01\\c\n"), "");
	assert_string_equal(users(BASE "/clk@9000/#size-cells = \\x00\\x00\\x00\\x01\\c\n"), "");
	assert_string_equal(users(BASE "/clk@9000/#cells = \\x00\\x00\\x00\\x01\\c\n"), "");
}

static void a_provider_of_interrupts_is_one_too(void **state)
{
	assert_string_equal(
		users(BASE
		      "/clk@9000/interrupt-controller = \\c\n" BASE
		      "/clk@9000/#interrupt-cells = \\x00\\x00\\x00\\x01\\c\n" BASE
		      "/x@c0/interrupts-extended = \\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x07\\c\n"),
		"9000.clk: a0.x; 9000.clk: c0.other");
}

/* A link of the driver core to the same device was found first. */
static void a_user_that_a_link_names_is_not_named_twice(void **state)
{
	const char *found =
		users(CLOCK_CELLS PLATFORM
		      "/9000.clk/consumer:platform:a0.x/\n"
		      "/sys/class/devlink/platform:9000.clk--platform:a0.x/status = active\n");

	assert_non_null(strstr(found, "a0.x"));
	assert_null(strstr(strstr(found, "a0.x") + 1, "a0.x"));
}

static void a_child_that_the_device_has_made_goes_with_it(void **state)
{
	assert_string_equal(users(CLOCK_CELLS PLATFORM
				  "/9000.clk/child/of_node -> "
				  "../../../../firmware/devicetree/base/x@c0\n"),
			    "9000.clk: a0.x");
}

#define CHANNEL(name, where) "/sys/class/dma/" name " -> ../../devices/platform/" where "\n"

static void a_channel_with_clients_is_in_use(void **state)
{
	assert_string_equal(users(CHANNEL("dma0chan0", "9000.clk/dma/dma0chan0") PLATFORM
				  "/9000.clk/dma/dma0chan0/in_use = 2\n"),
			    "dma0chan0: 2 DMA clients");
	assert_string_equal(users(CHANNEL("dma0chan0", "9000.clk/dma/dma0chan0") PLATFORM
				  "/9000.clk/dma/dma0chan0/in_use = 0\n"),
			    "");
	assert_string_equal(users(CHANNEL("dma0chan0", "9000.clk/dma/dma0chan0") PLATFORM
				  "/9000.clk/dma/dma0chan0/bytes = 0\n"),
			    "");
	assert_string_equal(users(CHANNEL("dma1chan0", "c0.other/dma/dma1chan0") PLATFORM
				  "/c0.other/dma/dma1chan0/in_use = 2\n"),
			    "");
	assert_string_equal(users(CHANNEL("dma1chan0", "9000.clk2/dma1chan0") PLATFORM
				  "/9000.clk2/dma1chan0/in_use = 2\n"),
			    "");
	assert_string_equal(users(CHANNEL("dma0chan0", "9000.clk/dma/dma0chan0") PLATFORM
				  "/9000.clk/dma/dma0chan0/in_use = 2\n"
				  "/iommuctl/unreadable = " PLATFORM
				  "/9000.clk/dma/dma0chan0/in_use\\tbusy\n"),
			    "?");
	assert_string_equal(users("/sys/class/dma/\n"
				  "/iommuctl/unreadable = /sys/class/dma\\tdenied\n"),
			    "?");
}

#define UNREADABLE(path) "/iommuctl/unreadable = " path "\\tfailed EIO\n"

static void a_file_that_cannot_be_read_may_belong_to_a_user(void **state)
{
	/* Whether the device has a node; whether that is a provider's; the property of a user. */
	assert_string_equal(users(UNREADABLE(PLATFORM "/9000.clk/of_node")), "?");
	assert_string_equal(users(UNREADABLE(BASE "/clk@9000")), "?");
	assert_string_equal(users(CLOCK_CELLS UNREADABLE(BASE "/x@a0/clocks")), "?");
	assert_string_equal(users(CLOCK_CELLS UNREADABLE(BASE "/x@c0/compatible")),
			    "9000.clk: a0.x?");
	/* A devicetree whose node cannot be listed is not read at all. */
	assert_string_equal(users(CLOCK_CELLS UNREADABLE(BASE "/x@c0")), "?");
	/* Kernels show these to root alone; no reference is in them. */
	assert_string_equal(users(CLOCK_CELLS BASE
				  "/x@c0/security-key = x\n" UNREADABLE(BASE "/x@c0/security-key")),
			    "9000.clk: a0.x");
	/* Without its node, a device of the bus is no user that is seen. */
	assert_string_equal(users(CLOCK_CELLS UNREADABLE(PLATFORM "/c0.other/uevent")),
			    "9000.clk: a0.x?");
}

static void two_providers_are_each_given_their_own_users(void **state)
{
	static const char *const both[] = {PLATFORM "/9000.clk", PLATFORM "/a0.x", NULL};
	_autofree_ char *text = NULL;
	const struct system *system;

	assert_true(asprintf(&text,
			     "%s" CLOCK_CELLS BASE "/x@a0/#gpio-cells = \\x00\\c\n" BASE
			     "/x@a0/phandle = \\x00\\x00\\x00\\x02\\c\n" BASE
			     "/x@c0/reset-gpios = \\x00\\x00\\x00\\x02\\c\n",
			     MACHINE) > 0);
	system = snapshot_about(text, 0, both);
	assert_string_equal(find_use(find_device(system, "9000.clk"), USE_CONSUMER)->user, "a0.x");
	assert_string_equal(find_use(find_device(system, "a0.x"), USE_CONSUMER)->user, "c0.other");
	system_free(system);
}

UNIT(provider_uses)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bound_device_whose_node_refers_to_it_uses_it),
		cmocka_unit_test(a_node_that_provides_nothing_has_no_users),
		cmocka_unit_test(a_provider_of_interrupts_is_one_too),
		cmocka_unit_test(a_user_that_a_link_names_is_not_named_twice),
		cmocka_unit_test(a_child_that_the_device_has_made_goes_with_it),
		cmocka_unit_test(a_channel_with_clients_is_in_use),
		cmocka_unit_test(a_file_that_cannot_be_read_may_belong_to_a_user),
		cmocka_unit_test(two_providers_are_each_given_their_own_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
