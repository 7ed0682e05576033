/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of pins are written whole or not at all, and a pin of a device means that device. */
#include "actions/pin_store.h"

#include "model/pin_device.h"
#include "model/pin_match.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NIC_A "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0"
#define MACHINE                                                                                  \
	"group 1 type=DMA\n/proc/cmdline = quiet\n"                                              \
	"pci 0000:00:01.0 in pci0000:00 driver=pcieport class=60400\n"                           \
	"pci 0000:01:00.0 in pci0000:00/0000:00:01.0 group=1 id=8086:10d3 driver=e1000e\n"       \
	"pci 0000:01:00.1 in pci0000:00/0000:00:01.0 group=1 id=8086:10d3 driver=e1000e\n" NIC_A \
	"/net/eth0/address = 52:54:00:00:00:01\n" NIC_A "/net/eth0/addr_assign_type = 0\n"

/* A tree, the door to it, and the folder of pins in it. */
struct place {
	char *dir;
	struct root *root;
	const char *folder;
	struct arena *arena;
	struct error error;
};

static struct place place;

static int start(void **state)
{
	place = (struct place){.dir = tree_new(MACHINE "/etc/\n"), .arena = arena_new()};
	place.folder = arena_concat(place.arena, place.dir, PINS_FOLDER, "");
	return root_open(place.dir, &place.root, &place.error);
}

static int end(void **state)
{
	root_free(place.root);
	tree_remove(place.dir);
	arena_free(place.arena);
	return 0;
}

static const struct system *read_place(void)
{
	const char *const paths[] = {NIC_A};
	const struct focus focus = {.paths = paths, .count = 1};
	const struct system *system;

	assert_int_equal(system_read_about(place.root, PIN_FACTS, &focus, &system, &place.error),
			 0);
	return system;
}

static int write_text(const char *name, const char *text)
{
	return pin_store_write(place.folder, name, (struct span){text, strlen(text)}, &place.error);
}

static void the_pin_of_a_device_means_that_device(void **state)
{
	_autosystem_ const struct system *before = read_place(), *after = NULL;
	const struct device *device = find_device(before, "0000:01:00.0");
	const char *name = pin_name_of(before, device, NULL, 0, place.arena);
	struct pin pin = pin_of_device(device, "vfio-pci", name, place.arena);
	struct pin_match *matches;

	assert_string_equal(name, "8086-10d3");
	assert_int_equal(pin.serial_count, 1);
	assert_int_equal(pin.member_count, 2);
	assert_int_equal(write_text(name, pin_write(&pin, place.arena).start), 0);
	after = read_place();
	matches = pins_match(after, place.arena);
	assert_int_equal(after->machine.pin_count, 1);
	assert_int_equal(matches[0].state, PIN_PENDING);
	assert_string_equal(matches[0].device->path, NIC_A);
	/* The name is taken now. */
	assert_string_equal(pin_name_of(after, device, NULL, 0, place.arena), "8086-10d3-2");
	name = "8086-10d3-2";
	assert_string_equal(pin_name_of(after, device, &name, 1, place.arena), "8086-10d3-3");
}

static void a_serial_that_cannot_be_read_now_stays_in_the_pin(void **state)
{
	static const struct serial old[] = {{SERIAL_MAC, "52:54:00:00:00:99"},
					    {SERIAL_PCIE, "00-1b"}};
	static const char *const lines[] = {"future-key = 1"};
	const struct pin before = {.serials = old,
				   .serial_count = ARRAY_SIZE(old),
				   .unknown = lines,
				   .unknown_count = 1};
	_autosystem_ const struct system *system = read_place();
	struct pin pin = pin_of_device(find_device(system, "0000:01:00.0"), NULL, "a", place.arena);

	pin_add_serials(&pin, &before, place.arena);
	assert_int_equal(pin.serial_count, 2);
	assert_string_equal(pin.serials[0].value, "52:54:00:00:00:01");
	assert_string_equal(pin.serials[1].value, "00-1b");
	assert_int_equal(pin.unknown_count, 1);
}

static void a_file_is_replaced_and_removed(void **state)
{
	_autosystem_ const struct system *system = NULL;

	assert_int_equal(write_text("nic", "driver = a\n"), 0);
	assert_int_equal(write_text("nic", "driver = b\n"), 0);
	system = read_place();
	assert_int_equal(system->machine.pin_count, 1);
	assert_int_equal(pin_store_remove(place.folder, "nic", &place.error), 0);
	assert_int_equal(pin_store_remove(place.folder, "nic", &place.error), -ENOENT);
	assert_int_equal(place.error.code, ERROR_NO_MATCH);
}

/* The folder of pins is a file: nothing is written, and the error names it. */
static void a_folder_that_cannot_be_made_is_an_error(void **state)
{
	tree_unpack("/etc/iommuctl = x\n", place.dir);
	assert_true(write_text("nic", "driver = a\n") < 0);
	assert_non_null(strstr(place.error.message, "iommuctl"));
}

static void a_pin_that_cannot_be_removed_is_an_error(void **state)
{
	tree_unpack(PINS_FOLDER "/nic.conf/\n", place.dir);
	assert_int_equal(pin_store_remove(place.folder, "nic", &place.error), -EISDIR);
	assert_int_equal(place.error.code, ERROR_IO);
	assert_non_null(strstr(place.error.message, "cannot remove"));
	assert_string_equal(place.error.remedy, "");
}

/* A pipe would hang a reader, and a link leads elsewhere. */
static void what_is_no_file_is_not_replaced(void **state)
{
	struct pin_change changes[] = {{.name = "a", .text = {"driver = a\n", 11}},
				       {.name = "pipe", .text = {"driver = a\n", 11}}};
	const char *file = arena_concat(place.arena, place.folder, "/a.conf", "");
	const char *pipe = arena_concat(place.arena, place.folder, "/pipe.conf", "");

	tree_unpack(PINS_FOLDER "/\n", place.dir);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(pin_store_change(place.folder, changes, 2, place.arena, &place.error),
			 -EINVAL);
	assert_non_null(strstr(place.error.message, "cannot change"));
	assert_true(changes[0].done && !changes[1].done);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(unlink(pipe), 0);
	assert_int_equal(symlink("/etc/passwd", pipe), 0);
	assert_int_equal(pin_store_change(place.folder, changes + 1, 1, place.arena, &place.error),
			 -ELOOP);
	assert_non_null(strstr(place.error.message, "cannot read"));
}

static void an_undo_that_fails_goes_on_and_tells_the_first(void **state)
{
	const struct pin_change changes[] = {
		{.name = "a", .before = {"driver = a\n", 11}, .done = true},
		{.name = "b", .done = false},
		{.name = "c", .done = true},
		{.name = "dir", .before = {"driver = d\n", 11}, .done = true}};
	const char *file = arena_concat(place.arena, place.folder, "/a.conf", "");

	tree_unpack(PINS_FOLDER "/dir.conf/\n", place.dir);
	assert_int_equal(pin_store_undo(place.folder, changes, 4, &place.error), -EEXIST);
	assert_non_null(strstr(place.error.message, "dir.conf"));
	assert_int_equal(access(file, F_OK), 0);
}

UNIT(pin_store)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_pin_of_a_device_means_that_device, start, end),
		cmocka_unit_test_setup_teardown(a_serial_that_cannot_be_read_now_stays_in_the_pin,
						start, end),
		cmocka_unit_test_setup_teardown(a_file_is_replaced_and_removed, start, end),
		cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_made_is_an_error, start,
						end),
		cmocka_unit_test_setup_teardown(a_pin_that_cannot_be_removed_is_an_error, start,
						end),
		cmocka_unit_test_setup_teardown(what_is_no_file_is_not_replaced, start, end),
		cmocka_unit_test_setup_teardown(an_undo_that_fails_goes_on_and_tells_the_first,
						start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
