/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines that change while they are read: the kernel's count of uevents grows, and devices come
 * or go. */
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

#define SEQNUM "/sys/kernel/uevent_seqnum"
#define EXTRA "pci 0000:02:00.0 in pci0000:00 group=2 driver=nvme id=144D:A808 class=10802\n"

static const char MACHINE[] =
	SEQNUM " = 1\n"
	       "group 1\n"
	       "pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n";

static char *dir;
static struct root *root;

/* The count of uevents is read before and after each look. @change happens before the reading
 * number @at and each one behind it, as long as @most are not exceeded. */
static struct {
	int at, most, reads;
	void (*change)(int number);
} moving;

static int count_and_change(void *context, enum root_access access, const char *path)
{
	if (strcmp(path, SEQNUM) == 0 && access == ROOT_OPEN && ++moving.reads >= moving.at &&
	    moving.most-- > 0)
		moving.change(moving.reads);
	return 0;
}

static void write_count(int number)
{
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text, SEQNUM " = %d\n", 100 + number) > 0);
	tree_unpack(text, dir);
}

/* The machine after all that; how often its devices were read is in moving.reads. */
static const struct system *read_while(void (*change)(int number), int at, int most)
{
	const struct root_watch watch = {.before = count_and_change};
	const struct system *system = NULL;
	struct error error = {0};

	moving.at = at;
	moving.most = most;
	moving.reads = 0;
	moving.change = change;
	dir = tree_new(MACHINE);
	assert_int_equal(root_open(dir, &root, &error), 0);
	root_watch(&watch);
	assert_int_equal(system_read(root, FACTS_CHEAP, &system, &error), 0);
	root_watch(NULL);
	root_free(root);
	tree_remove(dir);
	return system;
}

static enum source_state stability(const struct system *system)
{
	const struct source *source = system_source(system, "stable");

	return source ? source->state : SOURCE_READ;
}

static void an_event_that_changes_no_device_needs_no_second_look(void **state)
{
	const struct system *system = read_while(write_count, 2, 1);

	assert_int_equal(moving.reads, 2);
	assert_int_equal(stability(system), SOURCE_READ);
	system_free(system);
}

static void add_device(int number)
{
	write_count(number);
	tree_unpack("group 2\n" EXTRA, dir);
}

static void a_device_that_comes_meanwhile_is_read_in_a_second_look(void **state)
{
	const struct system *system = read_while(add_device, 2, 1);

	assert_int_equal(moving.reads, 4);
	assert_int_equal(system->device_count, 2);
	assert_int_equal(stability(system), SOURCE_READ);
	system_free(system);
}

static void add_ungrouped(int number)
{
	write_count(number);
	tree_unpack("pci 0000:02:00.0 in pci0000:00 id=144D:A808 class=10802\n", dir);
}

static void so_is_one_without_a_group(void **state)
{
	const struct system *system = read_while(add_ungrouped, 2, 1);

	assert_int_equal(moving.reads, 4);
	assert_int_equal(system->device_count, 2);
	system_free(system);
}

static void regroup(int number)
{
	_autofree_ char *text = NULL;

	write_count(number);
	assert_true(asprintf(&text, "rm -r %s/sys/kernel/iommu_groups %s/sys/devices %s/sys/bus",
			     dir, dir, dir) > 0);
	assert_int_equal(system(text), 0);
	free(text);
	assert_true(asprintf(&text,
			     "group %d\npci 0000:01:00.0 in pci0000:00 group=%d driver=e1000e "
			     "id=8086:10D3 class=20000\n",
			     number, number) > 0);
	tree_unpack(text, dir);
}

static void a_device_that_changes_its_group_is_read_again(void **state)
{
	const struct system *system = read_while(regroup, 2, 1);

	assert_int_equal(moving.reads, 4);
	assert_int_equal(system->groups[0]->id, 2);
	system_free(system);
}

static void a_machine_that_never_rests_is_shown_as_changing(void **state)
{
	const struct system *system = read_while(regroup, 2, 100);

	assert_true(moving.reads > 4);
	assert_int_equal(system->device_count, 1);
	assert_int_equal(stability(system), SOURCE_BUSY);
	system_free(system);
}

UNIT(read_moving)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_that_changes_no_device_needs_no_second_look),
		cmocka_unit_test(a_device_that_comes_meanwhile_is_read_in_a_second_look),
		cmocka_unit_test(so_is_one_without_a_group),
		cmocka_unit_test(a_device_that_changes_its_group_is_read_again),
		cmocka_unit_test(a_machine_that_never_rests_is_shown_as_changing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
