/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When "wait" needs no new look, and which messages of the kernel it believes. */
#include "commands/glance.h"
#include "model/build.h"
#include "support/check.h"
#include "support/sender.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "0000:01:00.0"
#define PATH "/sys/devices/pci0000:00/" NAME
#define EVENT_PATH "/devices/pci0000:00/" NAME

static char *dir;
static struct root *root;
static struct glance glance;
static struct look look;

static void write_count(unsigned count)
{
	char path[PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/sys/kernel/uevent_seqnum", dir);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%u\n", count);
	fclose(file);
}

static void point_link(const char *name, const char *target)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s" PATH "/%s", dir, name);
	unlink(path);
	if (target)
		assert_int_equal(symlink(target, path), 0);
}

static void look_with(const char *driver)
{
	struct build *build = build_new();
	struct device *device = build_device(build, "pci", NAME, PATH);

	device->driver = driver;
	device->driver_known = true;
	look = (struct look){.system = build_seal(build, FACT_IDS)};
	look.selection.system = look.system;
	look.selection.chosen = calloc(1, sizeof(bool));
	assert_non_null(look.selection.chosen);
	look.selection.chosen[0] = true;
}

static int start(void **state)
{
	struct error error = {0};

	dir = tree_new("pci " NAME " in pci0000:00 driver=nvme\n"
		       "/sys/kernel/uevent_seqnum = 10\n");
	if (root_open(dir, &root, &error) < 0)
		return -1;
	/* Sandboxes have no netlink: the rest works. */
	if (glance_start(&glance, root, &error) < 0)
		assert_null(glance.uevents);
	look_with("nvme");
	return 0;
}

static int end(void **state)
{
	glance_free(&glance);
	look_free(&look);
	root_free(root);
	tree_remove(dir);
	return 0;
}

static void a_named_device_needs_a_look_when_its_links_change(void **state)
{
	glance_remember(&glance, &look, NAME);
	assert_true(glance_is_enough(&glance));
	assert_false(glance.stirred);
	/* Events about other devices are no reason. */
	write_count(11);
	assert_true(glance_is_enough(&glance));
	assert_true(glance.stirred);
	assert_true(glance_is_enough(&glance));
	assert_false(glance.stirred);
	point_link("driver", NULL);
	assert_false(glance_is_enough(&glance));
	point_link("driver", "../../../bus/pci/drivers/nvme");
	assert_true(glance_is_enough(&glance));
	point_link("driver", "../../../bus/pci/drivers/vfio-pci");
	assert_false(glance_is_enough(&glance));
}

/* A device joins a group without an event. */
static void so_it_does_when_it_joins_a_group(void **state)
{
	glance_remember(&glance, &look, PATH);
	assert_true(glance_is_enough(&glance));
	point_link("iommu_group", "../../../kernel/iommu_groups/1");
	assert_false(glance_is_enough(&glance));
}

static void any_event_is_a_reason_for_other_selectors(void **state)
{
	static const char *const selectors[] = {"driver:nvme", "nvme0", "01:00.0", "group:1"};

	for (size_t i = 0; i < ARRAY_SIZE(selectors); i++) {
		glance_remember(&glance, &look, selectors[i]);
		assert_true(glance_is_enough(&glance));
		write_count(20 + (unsigned)i);
		assert_false(glance_is_enough(&glance));
		assert_true(glance_is_enough(&glance));
	}
}

/* The node of a VFIO device comes after its driver. */
static void any_event_is_a_reason_for_a_device_of_vfio(void **state)
{
	point_link("driver", "../../../bus/pci/drivers/vfio-pci");
	look_free(&look);
	look_with("vfio-pci");
	glance_remember(&glance, &look, NAME);
	assert_true(glance_is_enough(&glance));
	write_count(30);
	assert_false(glance_is_enough(&glance));
}

/* The bind came between the reading of the device and that of its links. */
static void a_change_during_the_look_is_not_missed(void **state)
{
	look_free(&look);
	look_with(NULL);
	glance_remember(&glance, &look, NAME);
	assert_false(glance_is_enough(&glance));
	assert_false(glance_is_enough(&glance));
	look_free(&look);
	look_with("nvme");
	glance_remember(&glance, &look, NAME);
	assert_true(glance_is_enough(&glance));
	point_link("iommu_group", "../../../kernel/iommu_groups/1");
	glance_remember(&glance, &look, NAME);
	assert_false(glance_is_enough(&glance));
}

static void a_device_that_is_gone_is_a_reason(void **state)
{
	char from[PATH_SIZE], to[PATH_SIZE];

	glance_remember(&glance, &look, NAME);
	snprintf(from, sizeof(from), "%s" PATH, dir);
	snprintf(to, sizeof(to), "%s/sys/gone", dir);
	assert_int_equal(rename(from, to), 0);
	assert_false(glance_is_enough(&glance));
}

static void without_a_count_every_glance_asks_for_a_look(void **state)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/sys/kernel/uevent_seqnum", dir);
	assert_int_equal(unlink(path), 0);
	glance_remember(&glance, &look, "driver:nvme");
	assert_false(glance_is_enough(&glance));
	assert_false(glance_is_enough(&glance));
}

static void a_bind_is_believed_until_something_else_is_heard(void **state)
{
	int sender;

	if (!glance.uevents)
		skip();
	sender = sender_begin(glance.uevents);
	assert_false(glance_heard_bind(&glance, PATH));
	sender_send(sender, "bind@" EVENT_PATH "/nvme/nvme0");
	sender_send(sender, "add@" EVENT_PATH);
	glance_hear(&glance);
	assert_false(glance_heard_bind(&glance, PATH));
	sender_send(sender, "bind@" EVENT_PATH);
	sender_send(sender, "change@" EVENT_PATH);
	glance_hear(&glance);
	assert_true(glance_heard_bind(&glance, PATH));
	sender_send(sender, "unbind@" EVENT_PATH);
	glance_hear(&glance);
	assert_false(glance_heard_bind(&glance, PATH));
	sender_send(sender, "bind@" EVENT_PATH);
	sender_send(sender, "remove@" EVENT_PATH);
	glance_hear(&glance);
	assert_false(glance_heard_bind(&glance, PATH));
	sender_send(sender, "bind@" EVENT_PATH);
	glance_hear(&glance);
	assert_true(glance_heard_bind(&glance, PATH));
	close(sender);
}

/* The end of the listening may hide an unbind. */
static void nothing_is_believed_after_the_end_of_the_listening(void **state)
{
	if (!glance.uevents)
		skip();
	*text_map_at(glance.bound, EVENT_PATH) = 1;
	assert_true(glance_heard_bind(&glance, PATH));
	sender_break(glance.uevents);
	glance_hear(&glance);
	assert_false(glance_heard_bind(&glance, PATH));
	assert_null(glance.uevents);
}

/* One of the lost messages may have been about an unbind; the listening goes on. */
static void nothing_is_believed_after_a_loss(void **state)
{
	if (!glance.uevents)
		skip();
	*text_map_at(glance.bound, EVENT_PATH) = 1;
	sender_lose(glance.uevents);
	glance_hear(&glance);
	assert_false(glance_heard_bind(&glance, PATH));
	assert_non_null(glance.uevents);
}

#define GLANCING(test) cmocka_unit_test_setup_teardown(test, start, end)

UNIT(glance)
{
	const struct CMUnitTest tests[] = {
		GLANCING(a_named_device_needs_a_look_when_its_links_change),
		GLANCING(so_it_does_when_it_joins_a_group),
		GLANCING(any_event_is_a_reason_for_other_selectors),
		GLANCING(any_event_is_a_reason_for_a_device_of_vfio),
		GLANCING(a_change_during_the_look_is_not_missed),
		GLANCING(a_device_that_is_gone_is_a_reason),
		GLANCING(without_a_count_every_glance_asks_for_a_look),
		GLANCING(a_bind_is_believed_until_something_else_is_heard),
		GLANCING(nothing_is_believed_after_the_end_of_the_listening),
		GLANCING(nothing_is_believed_after_a_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
