/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A look at one device: its identity and its driver. */
#include "actions/look.h"
#include "base/arena.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define NAME "0000:01:00.0"
#define PATH "/sys/devices/pci0000:00/" NAME

static const struct target TARGET = {.label = NAME,
				     .bus = "pci",
				     .name = NAME,
				     .path = PATH,
				     .vendor_id = 0x8086,
				     .device_id = 0x10d3};

/* The look at @target in the tree @text, and its sentence. */
static struct target_look look_in(const char *text, const struct target *target, char *ret_words,
				  size_t size)
{
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(text);
	struct target_look look;

	assert_int_equal(root_open(dir, &root, &error), 0);
	look = look_target(root, target, arena);
	look_describe(target, &look, ret_words, size);
	tree_remove(dir);
	return look;
}

static void expect(const char *text, const struct target *target, enum look_state state,
		   const char *words)
{
	char found[512];
	struct target_look look = look_in(text, target, found, sizeof(found));

	assert_string_equal(found, words);
	assert_int_equal(look.state, state);
}

#define BOUND "pci " NAME " in pci0000:00 driver=e1000e id=8086:10D3 class=20000\n"
#define FREE "pci " NAME " in pci0000:00 id=8086:10D3 class=20000\n"

static void a_device_at_rest_has_a_driver_and_an_override_or_not(void **state)
{
	expect(BOUND, &TARGET, LOOK_CLEAR, NAME " has the driver e1000e and no override");
	expect(BOUND PATH "/driver_override = vfio-pci\n", &TARGET, LOOK_CLEAR,
	       NAME " has the driver e1000e and the override vfio-pci");
	expect(FREE PATH "/driver_override = (null)\n", &TARGET, LOOK_CLEAR,
	       NAME " has no driver and no override");
}

static void a_device_that_is_not_there_is_gone(void **state)
{
	expect("/sys/bus/pci/devices/\n", &TARGET, LOOK_GONE, NAME " is gone");
	expect("pci " NAME " in pci0000:99 id=8086:10D3\n", &TARGET, LOOK_GONE, NAME " is gone");
}

/* The link on the bus outlives the folder, and the folder its files, for a moment. */
static void a_device_in_its_removal_is_gone(void **state)
{
	expect("/sys/bus/pci/devices/" NAME " -> ../../../devices/pci0000:00/" NAME "\n", &TARGET,
	       LOOK_GONE, NAME " is gone");
	expect("/sys/bus/pci/devices/" NAME " -> ../../../devices/pci0000:00/" NAME "\n" PATH "/\n",
	       &TARGET, LOOK_GONE, NAME " is gone");
}

static void another_device_in_its_place_is_told_by_its_ids_or_its_inode(void **state)
{
	static const char *const words = "another device is in the place of " NAME;
	struct target target = TARGET;

	target.device_id = 0x1234;
	expect(BOUND, &target, LOOK_OTHER, words);
	expect("pci " NAME " in pci0000:00 driver=e1000e\n", &TARGET, LOOK_OTHER, words);
	target = TARGET;
	target.inode = 1;
	expect(BOUND, &target, LOOK_OTHER, words);
}

static void a_device_without_ids_is_identified_by_its_place_alone(void **state)
{
	struct target target = TARGET;

	target.vendor_id = target.device_id = -1;
	expect("pci " NAME " in pci0000:00 driver=e1000e\n", &target, LOOK_CLEAR,
	       NAME " has the driver e1000e and no override");
}

/* The link to the driver and DRIVER= in uevent differ while it comes or goes. */
static void a_device_between_two_drivers_is_moving(void **state)
{
	const struct target_look coming = {.state = LOOK_MOVING, .driver = "nvme"};
	char words[512];

	expect(FREE PATH "/uevent = DRIVER=e1000e\\nPCI_ID=8086:10D3\n", &TARGET, LOOK_MOVING,
	       NAME " is being unbound from e1000e");
	look_describe(&TARGET, &coming, words, sizeof(words));
	assert_string_equal(words, NAME " is being bound to nvme");
}

static void a_file_that_cannot_be_read_leaves_it_unseen(void **state)
{
	char words[512];
	struct target_look look;

	look = look_in("/sys/bus/pci/devices/" NAME " -> ../../../devices/pci0000:00/" NAME
		       "\n" PATH "/uevent = PCI_ID=8086:10D3\n" PATH "/driver_override/\n",
		       &TARGET, words, sizeof(words));
	assert_int_equal(look.state, LOOK_UNSEEN);
	assert_non_null(strstr(words, strerror(-look.cause)));
	look = look_in("/sys/bus/pci/devices/" NAME " -> ../../../devices/pci0000:00/" NAME
		       "\n" PATH "/uevent/\n",
		       &TARGET, words, sizeof(words));
	assert_int_equal(look.state, LOOK_UNSEEN);
	look = look_in("/sys/bus/pci/devices = a file\n", &TARGET, words, sizeof(words));
	assert_int_not_equal(look.state, LOOK_CLEAR);
}

/* Each file that a look reads, and what its failure says. */
static void a_failure_says_whether_the_device_is_gone_busy_or_unseen(void **state)
{
	static const struct {
		const char *file;
		enum look_state state;
	} rows[] = {
		{PATH "/uevent\\tfailed ENODEV", LOOK_GONE},
		{PATH "/uevent\\tbusy", LOOK_BUSY},
		{PATH "/uevent\\tdenied", LOOK_UNSEEN},
		{PATH "/driver_override\\tbusy", LOOK_BUSY},
		{PATH "/driver_override\\tdenied", LOOK_UNSEEN},
		{PATH "/driver_override\\tfailed ENOENT", LOOK_CLEAR},
		{PATH "/driver\\tdenied", LOOK_UNSEEN},
		{"/sys/bus/pci/devices/" NAME "\\tdenied", LOOK_UNSEEN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = arena_concat(
			arena, BOUND PATH "/driver_override = vfio-pci\n/iommuctl/unreadable = ",
			rows[i].file, "\n");
		char words[512];
		struct target_look look = look_in(text, &TARGET, words, sizeof(words));

		if (look.state != rows[i].state)
			fail_msg("%s: %s", rows[i].file, words);
		assert_null(look.driver_override);
	}
}

static void a_name_that_no_file_can_have_leaves_it_unseen(void **state)
{
	struct target target = TARGET;
	char name[PATH_SIZE], words[PATH_SIZE];
	struct target_look look;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	target.name = name;
	look = look_in(BOUND, &target, words, sizeof(words));
	assert_int_equal(look.state, LOOK_UNSEEN);
	assert_int_equal(look.cause, -ENAMETOOLONG);
}

static void each_state_has_a_word_of_its_own(void **state)
{
	for (int i = LOOK_CLEAR; i <= LOOK_UNSEEN; i++)
		for (int j = LOOK_CLEAR; j < i; j++)
			assert_string_not_equal(look_state_name((enum look_state)i),
						look_state_name((enum look_state)j));
}

static void a_busy_device_is_reported_as_busy(void **state)
{
	const struct target_look look = {.state = LOOK_BUSY, .cause = -ETIMEDOUT};
	char words[512];

	look_describe(&TARGET, &look, words, sizeof(words));
	assert_non_null(strstr(words, NAME));
}

static void files_that_contradict_each_other_mean_that_it_moves(void **state)
{
	/* The link and the name differ, and then a name is missing. */
	expect(BOUND PATH "/uevent = DRIVER=e1000f\\nPCI_ID=8086:10D3\n", &TARGET, LOOK_MOVING,
	       NAME " is being bound to e1000e");
	expect(BOUND PATH "/uevent = PCI_ID=8086:10D3\n", &TARGET, LOOK_MOVING,
	       NAME " is being bound to e1000e");
}

UNIT(look)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_at_rest_has_a_driver_and_an_override_or_not),
		cmocka_unit_test(a_device_that_is_not_there_is_gone),
		cmocka_unit_test(a_device_in_its_removal_is_gone),
		cmocka_unit_test(another_device_in_its_place_is_told_by_its_ids_or_its_inode),
		cmocka_unit_test(a_device_without_ids_is_identified_by_its_place_alone),
		cmocka_unit_test(a_device_between_two_drivers_is_moving),
		cmocka_unit_test(a_file_that_cannot_be_read_leaves_it_unseen),
		cmocka_unit_test(a_failure_says_whether_the_device_is_gone_busy_or_unseen),
		cmocka_unit_test(a_name_that_no_file_can_have_leaves_it_unseen),
		cmocka_unit_test(each_state_has_a_word_of_its_own),
		cmocka_unit_test(a_busy_device_is_reported_as_busy),
		cmocka_unit_test(files_that_contradict_each_other_mean_that_it_moves),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
