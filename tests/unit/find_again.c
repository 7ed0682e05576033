/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device that was removed and found again, maybe behind another bus number. */
#include "actions/find_again.h"

#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <string.h>

#define PORT "pci0000:00/0000:00:01.0"
#define PATH "/sys/devices/" PORT "/0000:01:00.0"

static const struct target before = {.label = "0000:01:00.0",
				     .bus = "pci",
				     .name = "0000:01:00.0",
				     .path = PATH,
				     .vendor_id = 0x8086,
				     .device_id = 0x10d3,
				     .inode = 1};

static struct target now;

/* Search in the tree @text; the state of the device that stands there. */
static enum look_state find_in(const char *text, const struct target *target)
{
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(text);
	struct target_look look;

	assert_int_equal(root_open(dir, &root, &error), 0);
	look = find_again(root, target, arena, &now);
	tree_remove(dir);
	return look.state;
}

static void a_device_at_its_place_has_a_new_inode(void **state)
{
	assert_int_equal(find_in("pci 0000:01:00.0 in " PORT " id=8086:10D3\n", &before),
			 LOOK_CLEAR);
	assert_string_equal(now.path, PATH);
	assert_string_equal(now.label, "0000:01:00.0");
	assert_true(now.inode > 1);
}

static void a_device_behind_another_bus_number_is_the_same(void **state)
{
	assert_int_equal(find_in("pci 0000:07:00.0 in " PORT " id=8086:10D3\n", &before),
			 LOOK_CLEAR);
	assert_string_equal(now.path, "/sys/devices/" PORT "/0000:07:00.0");
	assert_string_equal(now.name, "0000:07:00.0");
	assert_string_equal(now.label, "0000:07:00.0");
}

static void of_two_that_may_be_it_none_is_taken(void **state)
{
	assert_int_equal(find_in("pci 0000:07:00.0 in " PORT " id=8086:10D3\n"
				 "pci 0000:08:00.0 in " PORT " id=8086:10D3\n",
				 &before),
			 LOOK_GONE);
	assert_string_equal(now.path, PATH);
}

static void another_device_in_its_place_is_not_taken(void **state)
{
	assert_int_equal(find_in("pci 0000:07:00.0 in " PORT " id=8086:1521\n", &before),
			 LOOK_OTHER);
	assert_string_equal(now.path, PATH);
	assert_int_equal(now.inode, 1);
}

static void what_is_not_there_is_gone(void **state)
{
	struct target other = before;

	assert_int_equal(find_in("/sys/devices/" PORT "/0000:01:00.1/\n", &before), LOOK_GONE);
	/* The folder above it is a file, and cannot be listed. */
	assert_int_equal(find_in("/sys/devices/" PORT " = a file\n", &before), LOOK_GONE);
	/* Only names of PCI functions have a number that changes. */
	other.path = "/sys/devices/platform/a.device";
	assert_int_equal(find_in("/sys/devices/platform/b.device/\n", &other), LOOK_GONE);
	other.path = "";
	assert_int_equal(find_in("/sys/devices/\n", &other), LOOK_GONE);
}

UNIT(find_again)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_at_its_place_has_a_new_inode),
		cmocka_unit_test(a_device_behind_another_bus_number_is_the_same),
		cmocka_unit_test(of_two_that_may_be_it_none_is_taken),
		cmocka_unit_test(another_device_in_its_place_is_not_taken),
		cmocka_unit_test(what_is_not_there_is_gone),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
