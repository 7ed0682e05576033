/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/memory.h"

#include "actions/record.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char TREE[] = "/proc/sys/kernel/random/boot_id = 11111111-2222\n"
			   "/run/\n";

static const struct target nic = {
	.label = "0000:01:00.0",
	.bus = "pci",
	.name = "0000:01:00.0",
	.path = "/sys/devices/pci0000:00/0000:01:00.0",
	.vendor_id = 0x8086,
	.device_id = 0x10d3,
	.driver = "e1000e",
	.group = 4,
	.new_driver = "vfio-pci",
	.interfaces = "eth0,eth10",
	.network = "ip link set eth0 up\nip address add 10.0.0.5/24 dev eth0",
};

static const struct target odd = {
	.label = "odd\tlabel\n",
	.bus = "",
	.name = "\\N",
	.path = "/sys/devices/\xff \\",
	.vendor_id = -1,
	.device_id = -1,
	.driver = "",
	.driver_override = "\x01\xff",
	.interfaces = "",
};

static char *dir;
static struct root *root;
static struct store *store;
static struct arena *arena;
static struct error error;

static int open_tree(void **state)
{
	dir = tree_new(TREE);
	arena = arena_new();
	memset(&error, 0, sizeof(error));
	return root_open(dir, &root, &error) < 0 ? -1 : store_open(root, true, &store, &error);
}

static int close_tree(void **state)
{
	store_free(store);
	root_free(root);
	arena_free(arena);
	tree_remove(dir);
	return 0;
}

static struct memory *load(void)
{
	struct memory *memory = NULL;

	assert_int_equal(memory_load(store, arena, &memory, &error), 0);
	return memory;
}

static void save(const struct memory *memory)
{
	assert_int_equal(memory_save(memory, store, &error), 0);
}

static void assert_same_text(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void assert_remembers(const struct memory *memory, const struct target *target)
{
	const struct remembered *device = memory_find(memory, target->path);

	assert_non_null(device);
	assert_same_text(device->label, target->label);
	assert_same_text(device->bus, target->bus);
	assert_same_text(device->name, target->name);
	assert_same_text(device->path, target->path);
	assert_int_equal(device->vendor_id, target->vendor_id);
	assert_int_equal(device->device_id, target->device_id);
	assert_same_text(device->driver, target->driver);
	assert_same_text(device->driver_override, target->driver_override);
	assert_same_text(device->interfaces, target->interfaces);
	assert_same_text(device->network, target->network);
}

static void save_both(void)
{
	struct memory *memory = load();

	memory_put(memory, &nic);
	memory_put(memory, &odd);
	save(memory);
}

static void at_first_nothing_is_remembered(void **state)
{
	struct memory *memory = load();

	assert_null(memory->first);
	assert_null(memory_find(memory, nic.path));
	assert_null(memory_find_interface(memory, "eth0"));
	assert_false(memory_forget(memory, nic.path));
}

static void every_field_comes_back(void **state)
{
	struct memory *memory;

	save_both();
	memory = load();
	assert_remembers(memory, &nic);
	assert_remembers(memory, &odd);
	assert_string_equal(memory->first->path, nic.path);
	assert_null(memory->first->next->next);
}

static void the_first_state_stays(void **state)
{
	struct memory *memory = load();
	struct target later = nic;

	memory_put(memory, &nic);
	later.driver = "vfio-pci";
	later.driver_override = "vfio-pci";
	later.interfaces = NULL;
	memory_put(memory, &later);
	assert_remembers(memory, &nic);
	save(memory);
	memory = load();
	memory_put(memory, &later);
	assert_remembers(memory, &nic);
}

static void a_forgotten_device_can_be_remembered_again(void **state)
{
	struct memory *memory;
	struct target later = nic;

	save_both();
	memory = load();
	assert_true(memory_forget(memory, nic.path));
	assert_false(memory_forget(memory, nic.path));
	assert_null(memory_find(memory, nic.path));
	assert_remembers(memory, &odd);
	save(memory);
	memory = load();
	assert_null(memory_find(memory, nic.path));
	assert_remembers(memory, &odd);
	later.driver = NULL;
	memory_put(memory, &later);
	assert_remembers(memory, &later);
}

static void a_device_that_was_found_again_is_remembered_at_its_address(void **state)
{
	struct memory *memory = load();
	struct target before = nic, now = nic;

	before.inode = 7;
	now.inode = 8;
	now.name = now.label = "0000:02:00.0";
	now.path = "/sys/devices/pci0000:00/0000:02:00.0";
	memory_put(memory, &odd);
	memory_put(memory, &before);
	assert_true(memory_follow(memory, &before, &now));
	save(memory);
	memory = load();
	assert_null(memory_find(memory, nic.path));
	assert_remembers(memory, &now);
	assert_int_equal(memory_find(memory, now.path)->inode, 8);
	/* Once more it is no change, and another device of that place is left alone. */
	assert_false(memory_follow(memory, &before, &now));
	assert_false(memory_follow(memory, &now, &now));
	before.path = now.path;
	assert_false(memory_follow(memory, &before, &nic));
}

static void an_interface_is_found_by_its_whole_name(void **state)
{
	struct memory *memory = load();

	memory_put(memory, &odd);
	memory_put(memory, &nic);
	assert_string_equal(memory_find_interface(memory, "eth0")->path, nic.path);
	assert_string_equal(memory_find_interface(memory, "eth10")->path, nic.path);
	assert_null(memory_find_interface(memory, "eth1"));
	assert_null(memory_find_interface(memory, "eth"));
	assert_null(memory_find_interface(memory, "eth0,eth10"));
	assert_null(memory_find_interface(memory, ""));
}

static void an_unset_override_is_none(void **state)
{
	struct target target = nic;
	struct memory *memory;

	for (int i = 0; i < 2; i++) {
		memory = load();
		target.driver_override = i ? "(null)" : "";
		memory_put(memory, &target);
		assert_null(memory_find(memory, nic.path)->driver_override);
	}
}

static void the_state_that_a_transaction_left_is_read_back(void **state)
{
	struct memory *memory = load();
	const struct remembered *known;
	struct target target = nic;

	target.inode = UINT64_MAX;
	memory_put(memory, &target)->network = "ip address add 10.0.0.1/24 dev eth0\nline two";
	assert_false(memory_find(memory, nic.path)->left_known);
	memory_leave(memory, nic.path, "vfio-pci", "(null)");
	memory_leave(memory, odd.path, "nobody knows it", NULL);
	save(memory);
	known = memory_find(load(), nic.path);
	assert_true(known->left_known && known->inode == UINT64_MAX);
	assert_string_equal(known->left_driver, "vfio-pci");
	assert_null(known->left_override);
	assert_string_equal(known->network, "ip address add 10.0.0.1/24 dev eth0\nline two");
}

/* The lines that iommuctl wrote before it stored inodes. */
static void the_form_of_version_1_still_reads(void **state)
{
	static const char boot[] = "6d3a5c1e-9f0b-4a57-8b60-6a3f6d0e7c11";
	const struct remembered *known;
	struct root *tables = NULL;
	struct memory *memory;
	struct span bytes;
	char *text;

	assert_int_equal(root_open(TESTS_DIR "/tables/good", &tables, &error), 0);
	assert_int_equal(
		root_read_all(tables, arena, "/two-devices.taken", 1 << 20, &text, &bytes.length),
		0);
	bytes.start = text;
	root_free(tables);
	assert_int_equal(memory_parse(bytes, boot, arena, &memory, &error), 0);
	known = memory_find_interface(memory, "eth1");
	assert_non_null(known);
	assert_string_equal(known->driver, "e1000e");
	assert_true(!known->left_known && !known->inode && !known->network);
	assert_non_null(known->next);
}

static void the_memory_of_another_boot_is_forgotten(void **state)
{
	save_both();
	store_free(store);
	tree_unpack("/proc/sys/kernel/random/boot_id = 33333333-4444\n", dir);
	assert_int_equal(store_open(root, true, &store, &error), 0);
	assert_null(load()->first);
}

static void assert_malformed(struct span bytes)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct memory *memory = NULL;

	memset(&error, 0, sizeof(error));
	assert_true(memory_parse(bytes, "11111111-2222", scratch, &memory, &error) < 0);
	assert_null(memory);
	assert_int_equal(error.code, ERROR_MALFORMED);
	assert_string_equal(error.evidence, STORE_DIR "/taken");
	assert_true(error.remedy[0]);
}

static void a_cut_file_is_never_taken_for_a_shorter_one(void **state)
{
	struct span bytes;

	save_both();
	assert_int_equal(store_read(store, "taken", 1 << 20, arena, &bytes, &error), 0);
	for (; bytes.length > 0; bytes.length--)
		assert_malformed((struct span){bytes.start, bytes.length - 1});
}

static void no_changed_byte_goes_unnoticed(void **state)
{
	struct span bytes;
	char *copy;

	save_both();
	assert_int_equal(store_read(store, "taken", 1 << 20, arena, &bytes, &error), 0);
	copy = arena_text(arena, bytes.start, bytes.length);
	for (size_t i = 0; i < bytes.length; i++) {
		for (int bit = 0; bit < 8; bit++) {
			copy[i] = (char)(copy[i] ^ 1 << bit);
			assert_malformed((struct span){copy, bytes.length});
			copy[i] = (char)(copy[i] ^ 1 << bit);
		}
	}
}

static void lines_after_the_last_device_are_noticed(void **state)
{
	struct span bytes;
	char *more;

	save_both();
	assert_int_equal(store_read(store, "taken", 1 << 20, arena, &bytes, &error), 0);
	more = arena_concat(arena, bytes.start, "x", "");
	assert_malformed((struct span){more, bytes.length + 1});
	more = arena_concat(arena, bytes.start, strrchr(more, '\n') - 8, "\n");
	assert_malformed((struct span){more, strlen(more)});
}

static void a_damaged_file_stays_for_people_to_look_at(void **state)
{
	struct memory *memory = NULL;
	struct span bytes = {"junk\n", 5};

	assert_int_equal(store_replace(store, "taken", bytes, &error), 0);
	assert_true(memory_load(store, arena, &memory, &error) < 0);
	assert_null(memory);
	assert_int_equal(error.code, ERROR_MALFORMED);
	assert_int_equal(store_read(store, "taken", 100, arena, &bytes, &error), 0);
	assert_int_equal(bytes.length, 5);
}

static void the_file_of_another_version_is_not_guessed_at(void **state)
{
	static const char *const lines[] = {"1 taken\t0\t11111111-2222\t0",
					    "1 taken\t99\t11111111-2222\t0"};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *text = arena_printf(
			arena, "%08x %s\n", record_checksum(lines[i], strlen(lines[i])), lines[i]);

		assert_malformed((struct span){text, strlen(text)});
		assert_non_null(strstr(error.message, "another version"));
	}
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, open_tree, close_tree)

UNIT(memory)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(at_first_nothing_is_remembered),
		WITH_TREE(every_field_comes_back),
		WITH_TREE(the_first_state_stays),
		WITH_TREE(a_forgotten_device_can_be_remembered_again),
		WITH_TREE(a_device_that_was_found_again_is_remembered_at_its_address),
		WITH_TREE(an_interface_is_found_by_its_whole_name),
		WITH_TREE(an_unset_override_is_none),
		WITH_TREE(the_state_that_a_transaction_left_is_read_back),
		WITH_TREE(the_form_of_version_1_still_reads),
		WITH_TREE(the_memory_of_another_boot_is_forgotten),
		WITH_TREE(a_cut_file_is_never_taken_for_a_shorter_one),
		WITH_TREE(no_changed_byte_goes_unnoticed),
		WITH_TREE(lines_after_the_last_device_are_noticed),
		WITH_TREE(a_damaged_file_stays_for_people_to_look_at),
		WITH_TREE(the_file_of_another_version_is_not_guessed_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
